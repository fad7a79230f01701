/**
 * How a run looks: one color and one dash that stay the same for its id, in every chart and session. A look is a number;
 * the theme says which color it is.
 *
 * Colors were found by search, starting from blue, orange, green, magenta, yellow, sky, red, violet: within each half of
 * four, any two are at least 14 apart (OKLab distance x 100) for normal vision and for protanopia, deuteranopia and
 * tritanopia (Machado et al. 2009, severity 1), and all stand out from the background. The halves differ by dash.
 */
export const palettes = {
  dark: ['#739cff', '#e7a953', '#58fbe0', '#b9628c', '#f9ff64', '#6aceeb', '#e3522c', '#8c5efb'],
  light: ['#262ae0', '#a43401', '#3ca189', '#58165b', '#af880f', '#3377ac', '#7f030c', '#26009c'],
  'high-contrast': ['#4badff', '#f7ba29', '#a2fbd9', '#bc7a9a', '#f5ff5f', '#61daf1', '#eb714d', '#8277fd'],
  'high-contrast-light': ['#293078', '#6c2e00', '#2e8454', '#a73dc1', '#8f640a', '#1272d2', '#600900', '#150f76'],
} as const satisfies Record<string, readonly string[]>;

export type Palette = keyof typeof palettes;

const colors = palettes.dark.length;
const half = colors / 2;

/** Lengths of strokes and gaps, in pixels. */
export const dashes: readonly (readonly number[])[] = [[], [6, 3], [2, 2], [9, 3, 2, 3]];

/** Runs whose looks are remembered: more than anybody compares, and not much to keep. */
const remembered = 2000;

/** Number of different looks. */
export const lookCount = colors * dashes.length;

export function colorOf(look: number, palette: Palette): string {
  return palettes[palette][look % colors] as string;
}

export function dashOf(look: number): readonly number[] {
  const index = Math.floor(look / colors) + (look % colors >= half ? 1 : 0);
  return dashes[index % dashes.length] as readonly number[];
}

/** FNV-1a, so that a run tends to the same look even where no choice was kept. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

/**
 * Gives every run a look: known ones keep theirs; a new one gets a free look (plain lines first, and within four equals
 * the one its id points to) or, when all are taken, the look whose newest user is oldest. `ids` are in order of creation; runs that are known but not among them (older
 * ones are not always listed) keep their looks as well.
 */
export function assignLooks(
  ids: readonly string[],
  known: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const valid = Object.entries(known).filter(([, look]) => Number.isInteger(look) && look >= 0 && look < lookCount);
  const looks = Object.fromEntries(valid.slice(-remembered));
  const lastUse = new Array<number>(lookCount).fill(-1);
  ids.forEach((id, order) => {
    const look = looks[id];
    if (look !== undefined) lastUse[look] = order;
  });
  ids.forEach((id, order) => {
    if (id in looks) return;
    const start = hash(id) % half;
    let best = 0;
    for (let i = 0; i < lookCount; i++) {
      const look = Math.floor(i / half) * half + ((start + i) % half);
      if (i === 0 || (lastUse[look] as number) < (lastUse[best] as number)) best = look;
    }
    looks[id] = best;
    lastUse[best] = order;
  });
  return looks;
}
