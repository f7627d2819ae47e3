/** Figures of a moment, in milliseconds since 1970. */
export type Point = { at: number; [figure: string]: number | undefined };

/** Times in seconds, then one list per figure; null = nothing known, drawn as a gap. */
export type Aligned = [times: number[], ...values: (number | null)[][]];

/** This many report intervals without a sample are a gap: one late report isn't. */
const GAP_INTERVALS = 2.5;

/** Samples as a chart takes them. Between two that lie too far apart goes a moment at which nothing is known. */
export function aligned(samples: readonly Point[], figures: readonly string[], intervalSeconds: number): Aligned {
  const times: number[] = [];
  const values: (number | null)[][] = figures.map(() => []);
  const gap = GAP_INTERVALS * intervalSeconds * 1000;
  let before: number | undefined;
  for (const sample of samples) {
    if (before !== undefined && sample.at - before > gap) {
      times.push((before + 1000) / 1000);
      for (const list of values) list.push(null);
    }
    times.push(sample.at / 1000);
    for (const [i, figure] of figures.entries()) values[i]?.push(sample[figure] ?? null);
    before = sample.at;
  }
  return [times, ...values];
}

/** Whether any sample has any of the figures: a chart of nothing isn't drawn. */
export function hasAny(samples: readonly Point[], figures: readonly string[]): boolean {
  return samples.some((sample) => figures.some((figure) => sample[figure] !== undefined));
}
