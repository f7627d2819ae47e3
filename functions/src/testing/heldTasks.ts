import type { Deps } from "../deps.ts";
import { deliver } from "../operations/webhooks/deliver.ts";
import { AttemptTask } from "../operations/webhooks/enqueueAttempt.ts";

type Enqueue = Deps["tasks"]["enqueue"];
type Task = Parameters<Enqueue>[1];

/** A task queue in this process that runs tasks when it is told, in their time by the clock of its world. */
export class HeldTasks {
  readonly waiting: { task: Task; dueAt: number }[] = [];
  private readonly taken = new Set<string>();
  private readonly deps: Deps;

  constructor(deps: Deps) {
    this.deps = deps;
  }

  readonly enqueue: Enqueue = async (_function, task) => {
    if (this.taken.has(task.id)) return;
    this.taken.add(task.id);
    this.waiting.push({ task, dueAt: this.deps.now().getTime() + (task.delaySeconds ?? 0) * 1000 });
  };

  /** Runs what is due, and what that makes due. Returns how many tasks ran. */
  async run(): Promise<number> {
    for (let ran = 0; ; ran++) {
      const at = this.waiting.findIndex(({ dueAt }) => dueAt <= this.deps.now().getTime());
      const [next] = at < 0 ? [] : this.waiting.splice(at, 1);
      if (!next) return ran;
      await deliver(this.deps, AttemptTask.parse(next.task.data));
    }
  }

  /** Forgets what waits, as a queue that is lost. */
  lose(): void {
    this.waiting.length = 0;
  }
}
