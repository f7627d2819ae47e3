import type { ActivityKind, Registration, Reporter } from "../records.ts";

type Reported = { [Name in keyof Reporter]: [Name, ...Parameters<Reporter[Name]>] }[keyof Reporter];

/** Keeps what was reported, in order. */
export class RecordedReporter implements Reporter {
  readonly calls: Reported[] = [];
  readonly activities: Parameters<Reporter["activity"]>[0][] = [];
  readonly connections: Parameters<Reporter["connection"]>[0][] = [];

  activitiesOf(kind: ActivityKind): Parameters<Reporter["activity"]>[0][] {
    return this.activities.filter((each) => each.kind === kind);
  }

  /** The arguments of each call of one kind. */
  of<Name extends keyof Reporter>(name: Name): Parameters<Reporter[Name]>[] {
    return this.calls.flatMap(([each, ...args]) => (each === name ? [args as Parameters<Reporter[Name]>] : []));
  }

  registered(registration: Registration): void {
    this.calls.push(["registered", registration]);
  }

  detached(...args: Parameters<Reporter["detached"]>): void {
    this.calls.push(["detached", ...args]);
  }

  authenticated(...args: Parameters<Reporter["authenticated"]>): void {
    this.calls.push(["authenticated", ...args]);
  }

  authenticationFailed(...args: Parameters<Reporter["authenticationFailed"]>): void {
    this.calls.push(["authenticationFailed", ...args]);
  }

  /** What the next call of sqnOffset returns. */
  stored: Promise<void> = Promise.resolve();

  sqnOffset(...args: Parameters<Reporter["sqnOffset"]>): Promise<void> {
    this.calls.push(["sqnOffset", ...args]);
    return this.stored;
  }

  equipmentSeen(...args: Parameters<Reporter["equipmentSeen"]>): void {
    this.calls.push(["equipmentSeen", ...args]);
  }

  sessionChanged(...args: Parameters<Reporter["sessionChanged"]>): void {
    this.calls.push(["sessionChanged", ...args]);
  }

  usage(...args: Parameters<Reporter["usage"]>): void {
    this.calls.push(["usage", ...args]);
  }

  activity(entry: Parameters<Reporter["activity"]>[0]): void {
    this.calls.push(["activity", entry]);
    this.activities.push(entry);
  }

  connection(change: Parameters<Reporter["connection"]>[0]): void {
    this.calls.push(["connection", change]);
    this.connections.push(change);
  }

  askOthers(command: Parameters<Reporter["askOthers"]>[0]): void {
    this.calls.push(["askOthers", command]);
  }
}
