/** docs/performance.md and its chart, from what was measured. */
import type { PartName, Row } from './rows.js';

export interface Results {
  /** What was measured when, on which machine. */
  readonly facts: Readonly<Record<string, string>>;
  readonly rows: readonly Row[];
}

export type AllResults = Partial<Readonly<Record<PartName, Results>>>;

const TITLES: Readonly<Record<PartName, string>> = {
  step: 'Training step',
  'end-to-end': 'From files to updated weights',
  augment: 'Augmentation alone',
  memory: 'Memory, first step, growth, soak',
};

const NOTES: Readonly<Record<PartName, string>> = {
  step: "The trainer's own step, on batches that are there already: forward, backward, optimizer, loss read. All systems have the same network, weights, loss and optimizer, two threads each, and take three steps at a time by turns, after one that is not counted. A picture counts once, although the network sees two views of it. PyTorch uses channels_last, eagerly and with `torch.compile`.",
  'end-to-end':
    'SimCLR on PNG files with random crop, flip, color jitter and grayscale. Autodidact decodes a file once and keeps its pixels; lightly decodes it in every epoch.',
  augment:
    'Per second of processor time, one thread: 8-bit pictures to augmented float pictures. Pipelines for 96 pixels include the blur of the ImageNet settings. Kornia works on batches of 64.',
  memory:
    'Each system in a process of its own. The soak has another last batch in each epoch, evaluations between, and checkpoints.',
};

/** Systems that Autodidact is compared with; the fastest of each group counts. */
const PEERS: Readonly<Record<PartName, readonly string[]>> = {
  step: ['pytorch', 'pytorch compiled'],
  'end-to-end': ['lightly + torchvision'],
  augment: ['torchvision (tensors)', 'torchvision (PIL)'],
  memory: ['pytorch'],
};
const OWN = ['autodidact', 'onnxruntime'];

export function page(results: AllResults): string {
  const parts = Object.keys(TITLES) as PartName[];
  return [
    '# Performance',
    '',
    'Written by `npm run bench`; `bench/peers/setup` installs what Autodidact is measured beside. Medians of one run.',
    '',
    '![Pictures per second of each system, at training steps and pipelines of augmentations](performance.svg)',
    ...parts.flatMap((part) => {
      const measured = results[part];
      return measured === undefined ? [] : section(part, measured);
    }),
    '',
  ].join('\n');
}

function section(part: PartName, { facts, rows }: Results): string[] {
  const systems = [...new Set(rows.map(({ system }) => system))];
  const works = [...new Set(rows.map(({ work }) => work))];
  const compared = rows.some(({ system }) => PEERS[part].includes(system));
  const head = ['', ...systems, ...(compared ? [`times ${PEERS[part][0]?.replace(/ \(.*/, '')}`] : [])];
  return [
    '',
    `## ${TITLES[part]}`,
    '',
    NOTES[part],
    '',
    table(
      head,
      works.map((work) => {
        const own = rows.filter((row) => row.work === work);
        const unit = own[0]?.unit ?? '';
        const values = systems.map((system) => format(own.find((row) => row.system === system)?.median));
        return [`${work} (${unit})`, ...values, ...(compared ? [ratio(part, own)] : [])];
      }),
    ),
    '',
    Object.entries(facts)
      .map(([name, value]) => `${name}: ${value}`)
      .join('; '),
  ];
}

/** How many times as fast (or as large, where less is better) Autodidact is as the best of its peers. */
function ratio(part: PartName, rows: readonly Row[]): string {
  const own = rows.find(({ system }) => OWN.includes(system));
  const peers = rows.filter(({ system }) => PEERS[part].includes(system)).map(({ median }) => median);
  if (own === undefined || peers.length === 0) return '';
  const less = own.unit === 'ms' || own.unit === 'MB';
  return `${(own.median / (less ? Math.min(...peers) : Math.max(...peers))).toFixed(2)}`;
}

const format = (value: number | undefined) =>
  value === undefined ? '–' : value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toFixed(1);

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

const COLORS = ['#2563eb', '#0d9488', '#94a3b8', '#ea580c', '#f59e0b', '#a855f7'];

/** Bars: for each work, every system, as long as the fastest one is fast. */
export function chart(results: AllResults): string {
  const rows = (['step', 'end-to-end', 'augment'] as const).flatMap((part) => results[part]?.rows ?? []);
  const works = [...new Set(rows.map(({ work }) => work))].filter((work) => !work.startsWith('examples/'));
  const [width, left, bar, gap] = [760, 160, 13, 12];
  const lines: string[] = [];
  let y = 14;
  for (const work of works) {
    const own = rows.filter((row) => row.work === work);
    const most = Math.max(...own.map(({ median }) => median));
    lines.push(text(0, y + 10, work, 'font-weight="600"'));
    y += bar + 2;
    for (const [i, { system, median, unit }] of own.entries()) {
      const length = ((width - left - 130) * median) / most;
      lines.push(text(left - 8, y + 10, system, 'text-anchor="end" opacity="0.8"'));
      lines.push(`<rect x="${left}" y="${y}" width="${length.toFixed(1)}" height="${bar - 2}" fill="${COLORS[i]}"/>`);
      lines.push(text(left + length + 6, y + 10, `${format(median)} ${unit}`, 'opacity="0.8"'));
      y += bar;
    }
    y += gap;
  }
  const style =
    'text{font:11px system-ui,sans-serif;fill:#334155}@media(prefers-color-scheme:dark){text{fill:#cbd5e1}}';
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y}" viewBox="0 0 ${width} ${y}"><style>${style}</style>${lines.join('')}</svg>\n`;
}

const text = (x: number, y: number, content: string, attributes: string) =>
  `<text x="${x.toFixed(1)}" y="${y}" ${attributes}>${content.replace(/&/g, '&amp;').replace(/</g, '&lt;')}</text>`;
