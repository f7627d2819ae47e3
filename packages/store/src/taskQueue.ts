import type { App } from "firebase-admin/app";
import { getFunctions } from "firebase-admin/functions";

/** Work for a task function, done later and apart. */
export interface Task {
  /** Of two with one id, the queue takes one; an id stays used for some hours after its task ended. */
  id: string;
  data: Record<string, unknown>;
  delaySeconds?: number;
}

/** Cloud Tasks, as task functions know them: each queue has the name of its function. */
export class TaskQueue {
  private readonly app: App;

  constructor(app: App) {
    this.app = app;
  }

  /** A task that is in the queue already counts as added. */
  async enqueue(functionName: string, { id, data, delaySeconds = 0 }: Task): Promise<void> {
    if (this.app.options.projectId?.startsWith("demo-") && !process.env.CLOUD_TASKS_EMULATOR_HOST) {
      throw new Error("CLOUD_TASKS_EMULATOR_HOST is not set: a demo project has no queues but the emulator's");
    }
    const queue = getFunctions(this.app).taskQueue(functionName);
    try {
      await queue.enqueue(data, { id, scheduleDelaySeconds: Math.ceil(delaySeconds) });
    } catch (error) {
      if ((error as { code?: string }).code !== "functions/task-already-exists") throw error;
    }
  }
}
