/** Time as peers see it: injected, so that tests can turn the hands. */
export interface Clock {
  /** Milliseconds that never run backwards. */
  now(): number;
  date(): Date;
  /** Calls `then` once after so many milliseconds, unless the returned function is called before. */
  after(milliseconds: number, then: () => void): () => void;
  /** In [0, 1). */
  random(): number;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => new Date(),
  random: Math.random,
  after(milliseconds, then) {
    const timer = setTimeout(then, milliseconds);
    return () => clearTimeout(timer);
  },
};
