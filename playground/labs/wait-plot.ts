import type { PlayedWait } from './play-policy.ts';

/** The measures of the plot, in the units of its viewBox: pixels. */
export interface PlotGeometry {
  readonly width: number;
  readonly height: number;
  /** The middle of an attempt's column. @param attempt - From 1. */
  x(attempt: number): number;
  y(ms: number): number;
  readonly columnWidth: number;
  /** The lines of the scale, in milliseconds. */
  readonly ticks: readonly number[];
}

export const plotMargins = { top: 10, right: 4, bottom: 34, left: 42 } as const;

const steps = [500, 1000, 2000, 5000, 10_000, 20_000];

/** Lays the waits out: attempts from left to right, seconds upwards from 0. @param width - Of the place it has. */
export function plotGeometry(waits: readonly PlayedWait[], width: number): PlotGeometry {
  const height = 220;
  const highest = Math.max(1000, ...waits.map(({ ceilingMs }) => ceilingMs));
  const step = steps.find((one) => highest / one <= 6) ?? highest;
  const top = Math.ceil(highest / step) * step;
  const columnWidth = (width - plotMargins.left - plotMargins.right) / Math.max(1, waits.length);
  const plotHeight = height - plotMargins.top - plotMargins.bottom;
  return {
    width,
    height,
    columnWidth,
    x: (attempt) => plotMargins.left + (attempt - 0.5) * columnWidth,
    y: (ms) => plotMargins.top + plotHeight * (1 - ms / top),
    ticks: Array.from({ length: top / step + 1 }, (_, index) => index * step),
  };
}

/** `0 to 30 s`. */
export function boundsInWords({ floorMs, ceilingMs }: Pick<PlayedWait, 'floorMs' | 'ceilingMs'>): string {
  return `${floorMs / 1000} to ${ceilingMs / 1000} s`;
}

/** What the plot shows, for who does not see it. */
export function plotInWords(code: number, waits: readonly PlayedWait[], observed: number): string {
  const [first, last] = [waits[0], waits.at(-1)];
  if (first === undefined || last === undefined) return '';
  const bounds =
    boundsInWords(first) === boundsInWords(last)
      ? `each between ${boundsInWords(first)}`
      : `from ${boundsInWords(first)} at the first attempt up to ${boundsInWords(last)} at attempt ${last.attempt}`;
  const seen = observed === 0 ? 'none was observed yet' : `${observed} observed`;
  return `The waits of a client after ${code}: ${bounds}. ${waits.length} waits were played, ${seen}. The table below has the numbers.`;
}
