import { execFile } from "node:child_process";

/**
 * Tells systemd that the daemon is ready, stopping, or alive (sd_notify(3)), by its own systemd-notify, as Node has no datagram Unix sockets.
 * Does nothing outside a unit of Type=notify. A loop that hangs sends no more signs of life, and systemd restarts the daemon.
 */
export class Supervisor {
  private readonly env: NodeJS.ProcessEnv;
  private timer: NodeJS.Timeout | undefined;

  constructor(env: NodeJS.ProcessEnv) {
    this.env = env;
  }

  ready(): void {
    this.tell("READY=1");
    const interval = Number(this.env.WATCHDOG_USEC ?? 0) / 2000;
    if (interval > 0) this.timer = setInterval(() => this.tell("WATCHDOG=1"), interval).unref();
  }

  stopping(): void {
    clearInterval(this.timer);
    this.tell("STOPPING=1");
  }

  private tell(state: string): void {
    if (!this.env.NOTIFY_SOCKET) return;
    execFile("systemd-notify", [`--pid=${process.pid}`, state], { env: this.env }, () => {});
  }
}
