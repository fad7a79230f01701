/** What parts of the axes are shown: x is that of all charts, y each chart's own. */
import type { Span } from './data/axis.js';

export interface Zoom {
  readonly x?: Span;
  /** By chart key. */
  readonly y: Readonly<Record<string, Span>>;
}

export const noZoom: Zoom = { y: {} };

/** What a person did with a chart: an axis that is absent stays as it is, `to: undefined` ends its zoom. */
export interface ZoomDetail {
  readonly key: string;
  readonly x?: { readonly to: Span | undefined };
  readonly y?: { readonly to: Span | undefined };
}

export function zoomed(zoom: Zoom, { key, x, y }: ZoomDetail): Zoom {
  const { [key]: before, ...others } = zoom.y;
  const own = y ? y.to : before;
  return { x: x ? x.to : zoom.x, y: own ? { ...others, [key]: own } : others };
}

export const isZoomed = ({ x, y }: Zoom): boolean => x !== undefined || Object.keys(y).length > 0;
