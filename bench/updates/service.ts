// Ours as a running process, which an instance of the functions is.
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** What an act took. */
export interface Act {
  seconds: number;
  /** Of the process and all it started. */
  cpuSeconds: number;
}

/** One process that does acts one after the other. */
export class Service {
  private readonly child: ChildProcess;
  private readonly waiting: ((line: string) => void)[] = [];

  constructor(program: string) {
    this.child = spawn(process.execPath, [program, "serve"], { stdio: ["pipe", "pipe", "inherit"] });
    if (!this.child.stdout) throw new Error("no output");
    createInterface({ input: this.child.stdout }).on("line", (line) => {
      // Its log lines are on the same stream.
      if (line.startsWith('{"cpu"')) this.waiting.shift()?.(line);
    });
    this.child.once("exit", () => {
      for (const answer of this.waiting) answer("");
    });
  }

  async act(...words: string[]): Promise<Act> {
    const begun = performance.now();
    const line = await new Promise<string>((resolve) => {
      this.waiting.push(resolve);
      this.child.stdin?.write(`${JSON.stringify(words)}\n`);
    });
    if (line === "") throw new Error(`ours ended at ${words.join(" ").slice(0, 200)}`);
    const { cpu } = JSON.parse(line) as { cpu: number };
    return { seconds: (performance.now() - begun) / 1000, cpuSeconds: cpu / 1e6 };
  }

  stop(): void {
    this.child.stdin?.end();
  }
}
