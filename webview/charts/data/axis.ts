/** Ticks of axes, and what zooming and panning do to the part of an axis that is shown. */

export interface Span {
  readonly min: number;
  readonly max: number;
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
/** Distances people expect between the ticks of a clock. */
const durations = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((n) => n * second),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * minute),
  ...[1, 2, 3, 6, 12].map((n) => n * hour),
];

/** A distance between ticks that puts at most `count` of them on a span: 1, 2 or 5 times a power of ten. */
export function tickSpacing({ min, max }: Span, count: number): number {
  const rough = (max - min) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((f) => f * power >= rough * (1 - 1e-9)) as number;
  return factor * power;
}

/** The same for milliseconds: whole seconds, minutes, hours, days. */
export function durationSpacing(span: Span, count: number): number {
  const rough = (span.max - span.min) / Math.max(1, count);
  return durations.find((d) => d >= rough) ?? day * Math.max(1, tickSpacing({ min: 0, max: rough / day }, 1));
}

/** Multiples of a distance within a span. */
export function ticks({ min, max }: Span, spacing: number): number[] {
  const first = Math.ceil(min / spacing - 1e-6);
  const last = Math.floor(max / spacing + 1e-6);
  // `|| 0` turns a negative zero into a plain one.
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => (first + i) * spacing || 0);
}

/** Ticks of a logarithmic axis: powers of ten, with 2 and 5 between them where there is room, linear ones within a decade. */
export function logTicks({ min, max }: Span, count: number): number[] {
  const decades = Math.log10(max / min);
  if (decades < 1) return ticks({ min, max }, tickSpacing({ min, max }, count)).filter((tick) => tick > 0);
  const factors = decades * 3 <= count ? [1, 2, 5] : decades * 2 <= count ? [1, 3] : [1];
  const skip = Math.max(1, Math.ceil(decades / count));
  const result: number[] = [];
  for (let power = Math.floor(Math.log10(min)); power <= Math.ceil(Math.log10(max)); power += skip) {
    for (const factor of factors) {
      const tick = Number(`${factor}e${power}`);
      if (tick >= min && tick <= max) result.push(tick);
    }
  }
  return result;
}

/** Room around values so that lines do not touch the frame; a single value gets room of its own size. */
export function padded({ min, max }: Span, log: boolean): Span {
  if (log) {
    const factor = max > min ? (max / min) ** 0.05 : 2;
    return { min: min / factor, max: max * factor };
  }
  const room = max > min ? 0.06 * (max - min) : 0.5 * Math.abs(max) || 0.5;
  return { min: min - room, max: max + room };
}

const forward = (value: number, log: boolean): number => (log ? Math.log(value) : value);
const backward = (value: number, log: boolean): number => (log ? Math.exp(value) : value);

/** The position a fraction of the way along a span. */
export const along = ({ min, max }: Span, fraction: number, log: boolean): number =>
  backward(forward(min, log) + fraction * (forward(max, log) - forward(min, log)), log);

/** The fraction of a span at which a position lies. */
export const fractionOf = ({ min, max }: Span, position: number, log: boolean): number =>
  (forward(position, log) - forward(min, log)) / (forward(max, log) - forward(min, log));

/** The part of a span between two fractions: a box zoom, a step of the keyboard, a pan. */
export const part = (span: Span, from: number, to: number, log: boolean): Span => ({
  min: along(span, Math.min(from, to), log),
  max: along(span, Math.max(from, to), log),
});

/**
 * Keeps a zoomed span inside the whole one: moved back in when it was panned out, and undefined (no zoom) when it covers
 * everything. Spans too narrow for floating point are refused by returning `before`.
 */
export function within(span: Span, whole: Span, log: boolean, before: Span | undefined): Span | undefined {
  const from = fractionOf(whole, span.min, log);
  const to = fractionOf(whole, span.max, log);
  const width = to - from;
  if (!(width > 1e-9)) return before;
  if (width >= 1 - 1e-9) return undefined;
  const shift = from < 0 ? -from : to > 1 ? 1 - to : 0;
  return part(whole, from + shift, to + shift, log);
}
