import type { ExactPackage } from "@wisptools/core/domain/rollout/ids";
import type { MaintenanceWindow, RolloutStrategy, RolloutTarget } from "@wisptools/core/domain/rollout/strategy";
import { number, plural, span } from "../../../ui/format.ts";

const percent = (value: number): string => `${number(value)} %`;

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"] as const;
/** Weeks of people begin on Monday. */
export const WEEK = [1, 2, 3, 4, 5, 6, 0] as const;

export const dayName = (day: number): string => DAYS[day] ?? "";

/** "a, b and c" */
export function listed(words: readonly string[], last = "and"): string {
  return words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} ${last} ${words.at(-1)}`;
}

/** Neighbouring days as one: "Monday to Friday", "Saturday and Sunday", "every day". */
function daysWords(days: readonly number[]): string {
  if (days.length === 7) return "every day";
  const runs: number[][] = [];
  WEEK.forEach((day, i) => {
    if (!days.includes(day)) return;
    const run = runs.at(-1);
    if (run && i > 0 && run.at(-1) === WEEK[i - 1]) run.push(day);
    else runs.push([day]);
  });
  const said = runs.flatMap((run) =>
    run.length > 2 ? [`${dayName(run[0] ?? 0)} to ${dayName(run.at(-1) ?? 0)}`] : run.map(dayName),
  );
  return listed(said);
}

/** "Monday to Friday, 22:00 to 04:00 of the next day" */
export function windowWords({ days, start, end }: MaintenanceWindow): string {
  return `${daysWords(days)}, ${start} to ${end}${end <= start ? " of the next day" : ""}`;
}

export function packagesWords(packages: readonly Pick<ExactPackage, "name" | "version">[]): string {
  return listed(packages.map(({ name, version }) => `${name} ${version}`));
}

const FEW = 4;

function some(values: readonly string[], what: string): string {
  if (values.length <= FEW) return listed(values, "or");
  return `${values.slice(0, FEW - 1).join(", ")} or ${number(values.length - FEW + 1)} more ${what}`;
}

/** Which EPCs: "every EPC on stable", "EPCs on stable that are tagged north or south". */
export function targetWords(target: RolloutTarget, channel: string): string {
  const { epcIds, tags, sites, installed } = target;
  const who = epcIds ? `${plural(epcIds.length, "chosen EPC")} on ${channel}` : `EPCs on ${channel}`;
  const rules = [
    tags && `are tagged ${some(tags, "tags")}`,
    sites && `stand at ${some(sites, "sites")}`,
    installed && `have ${installed.name} ${some(installed.versions, "versions")}`,
  ].filter((rule) => rule !== undefined);
  if (rules.length > 0) return `${who} that ${listed(rules)}`;
  return epcIds ? who : `every EPC on ${channel}`;
}

function groupsWords({ groups }: RolloutStrategy, sizes: readonly number[]): string[] {
  const count = (i: number) => (sizes[i] === undefined ? "" : `${plural(sizes[i], "EPC")}, `);
  if (groups.length === 1) return ["All of them may begin at once."];
  return groups.map((group, i) => {
    const share = i === groups.length - 1 ? "the rest" : `up to ${percent(group.upToPercent)} of all`;
    const name = i === 0 ? "First" : i === groups.length - 1 ? "Last" : "Then";
    const before = groups[i - 1];
    if (sizes[i] === 0) return `${name} nobody: the group is empty, and passed over.`;
    return `${name} ${count(i)}${share}${before ? `: ${gateWords(before)}` : ""}.`;
  });
}

/** What must have happened in a group before the next one begins. */
export function gateWords(group: RolloutStrategy["groups"][number]): string {
  const share = group.successPercent === 100 ? "all" : `${percent(group.successPercent)}`;
  const conditions = [
    `${share} of the group before committed`,
    ...(group.soakMinutes > 0 ? [`${span(group.soakMinutes * 60_000)} passed`] : []),
    ...(group.approval ? ["an administrator approved"] : []),
  ];
  return `once ${listed(conditions)}`;
}

function failureWords(strategy: RolloutStrategy): string {
  const stop = `If ${percent(strategy.failurePercent)} of a group, or ${plural(strategy.failureCount, "EPC")} in all, fail or go back by themselves`;
  return strategy.onFailure === "pause"
    ? `${stop}, it pauses: nobody else begins until a person resumes it.`
    : `${stop}, it stops, and those that had committed go back to what they had.`;
}

export interface Plan {
  packages: readonly Pick<ExactPackage, "name" | "version">[];
  channel: string;
  target: RolloutTarget;
  strategy: RolloutStrategy;
  /** EPCs in all and by group, once somebody counted. */
  matched?: number | undefined;
  sizes?: readonly number[];
}

/** What will happen, sentence by sentence. */
export function planWords({ packages, channel, target, strategy, matched, sizes = [] }: Plan): string[] {
  const count = matched === undefined ? "" : ` (${plural(matched, "EPC")} now)`;
  const health = span(strategy.healthSeconds * 1000);
  const silence = span(strategy.reportSeconds * 1000);
  return [
    `${packagesWords(packages)} ${packages.length === 1 ? "goes" : "go"} to ${targetWords(target, channel)}${count}.`,
    ...groupsWords(strategy, sizes),
    strategy.window
      ? `An EPC begins only ${windowWords(strategy.window)}, by the clock of its site; at most ${number(strategy.maxConcurrent)} are under way at a time.`
      : `An EPC begins at any hour; at most ${number(strategy.maxConcurrent)} are under way at a time.`,
    `Each EPC keeps the update when its services stay well for ${health}. Otherwise, or when it cannot report within ${silence}, it goes back by itself.`,
    failureWords(strategy),
  ];
}
