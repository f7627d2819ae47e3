import { asApiError } from "../../../data/apiError.ts";

export interface Failure {
  imsi: string;
  message: string;
}

/** One act on many subscribers, one after the other: a hundred at once would meet the rate limit. */
export class Bulk {
  /** What is being done, for people: "Suspending". */
  doing = $state("");
  total = $state(0);
  done = $state(0);
  failures = $state.raw<readonly Failure[]>([]);
  running = $state(false);
  #stop = false;

  /** Runs `work` on each; resolves to the IMSIs that failed or were left out by `stop`. */
  async run(doing: string, imsis: readonly string[], work: (imsi: string) => Promise<unknown>): Promise<string[]> {
    this.doing = doing;
    this.total = imsis.length;
    this.done = 0;
    this.failures = [];
    this.running = true;
    this.#stop = false;
    const left: string[] = [];
    for (const imsi of imsis) {
      if (this.#stop) left.push(imsi);
      else await this.#one(imsi, work, left);
    }
    this.running = false;
    return left;
  }

  stop(): void {
    this.#stop = true;
  }

  clear(): void {
    this.total = 0;
    this.failures = [];
  }

  async #one(imsi: string, work: (imsi: string) => Promise<unknown>, left: string[]): Promise<void> {
    try {
      await work(imsi);
    } catch (error) {
      left.push(imsi);
      const { issues, message } = asApiError(error);
      const said = issues.map((issue) => `${issue.field} ${issue.message}`).join(", ") || message;
      this.failures = [...this.failures, { imsi, message: said }];
    }
    this.done++;
  }
}
