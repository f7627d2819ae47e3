/** Runs asynchronous work on one key at a time, in the order it was asked for; different keys don't wait for each other. */
export class InOrder {
  private readonly last = new Map<string, Promise<unknown>>();

  run<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.last.get(key);
    const result = before === undefined ? work() : before.then(work, work);
    this.last.set(key, result);
    const forget = (): void => {
      if (this.last.get(key) === result) this.last.delete(key);
    };
    result.then(forget, forget);
    return result;
  }
}
