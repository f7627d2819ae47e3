import type { createRollout } from "@wisptools/core/api/rollouts";
import { DEFAULT_STRATEGY, type RolloutGroup } from "@wisptools/core/domain/rollout/strategy";

/** A group as typed. */
export interface GroupDraft {
  upTo: string;
  success: string;
  soak: string;
  approval: boolean;
}

/** A rollout as typed: figures are text, empty filters mean all. */
export interface PlanDraft {
  name: string;
  channel: string;
  /** Version by package name. */
  packages: Record<string, string>;
  tags: string[];
  sites: string[];
  epcIds: string[];
  installedName: string;
  installedVersions: string[];
  groups: GroupDraft[];
  failurePercent: string;
  failureCount: string;
  onFailure: "pause" | "rollback";
  windowed: boolean;
  days: number[];
  start: string;
  end: string;
  maxConcurrent: string;
  healthSeconds: string;
  reportSeconds: string;
}

export type PlanBody = (typeof createRollout)["body"]["_zod"]["input"];

const groupDraft = (group: RolloutGroup): GroupDraft => ({
  upTo: String(group.upToPercent),
  success: String(group.successPercent),
  soak: String(group.soakMinutes),
  approval: group.approval,
});

/** Ways to go through a fleet that people choose from; each may be changed afterwards. */
export const PRESETS: Record<"careful" | "fast" | "once", { label: string; note: string; groups: RolloutGroup[] }> = {
  careful: {
    label: "Careful",
    note: "5 %, an approval, 25 %, the rest; an hour between",
    groups: DEFAULT_STRATEGY.groups,
  },
  fast: {
    label: "Fast",
    note: "10 %, ten minutes, the rest",
    groups: [
      { upToPercent: 10, successPercent: 100, soakMinutes: 10, approval: false },
      { upToPercent: 100, successPercent: 95, soakMinutes: 0, approval: false },
    ],
  },
  once: {
    label: "All at once",
    note: "One group",
    groups: [{ upToPercent: 100, successPercent: 95, soakMinutes: 0, approval: false }],
  },
};

export const presetGroups = (name: keyof typeof PRESETS): GroupDraft[] => PRESETS[name].groups.map(groupDraft);

export function emptyPlan(channel: string): PlanDraft {
  const usual = DEFAULT_STRATEGY;
  return {
    name: "",
    channel,
    packages: {},
    tags: [],
    sites: [],
    epcIds: [],
    installedName: "",
    installedVersions: [],
    groups: presetGroups("careful"),
    failurePercent: String(usual.failurePercent),
    failureCount: String(usual.failureCount),
    onFailure: usual.onFailure,
    windowed: false,
    days: [1, 2, 3, 4, 5],
    start: "02:00",
    end: "05:00",
    maxConcurrent: String(usual.maxConcurrent),
    healthSeconds: String(usual.healthSeconds),
    reportSeconds: String(usual.reportSeconds),
  };
}

/** What people wrote as a figure, or NaN, which the contract refuses at its field. */
const figure = (text: string): number => (/^\d{1,9}$/.test(text.trim()) ? Number(text) : Number.NaN);

function targetOf(draft: PlanDraft): PlanBody["target"] {
  const { tags, sites, epcIds, installedName, installedVersions } = draft;
  return {
    ...(epcIds.length > 0 ? { epcIds: epcIds as NonNullable<PlanBody["target"]["epcIds"]> } : {}),
    ...(tags.length > 0 ? { tags } : {}),
    ...(sites.length > 0 ? { sites } : {}),
    ...(installedName ? { installed: { name: installedName, versions: installedVersions } } : {}),
  };
}

/** The draft as the API takes it. */
export function toBody(draft: PlanDraft): PlanBody {
  const { days, start, end } = draft;
  return {
    name: draft.name.trim(),
    channel: draft.channel as NonNullable<PlanBody["channel"]>,
    packages: Object.entries(draft.packages).map(([name, version]) => ({ name, version })),
    target: targetOf(draft),
    strategy: {
      groups: draft.groups.map((group) => ({
        upToPercent: figure(group.upTo),
        successPercent: figure(group.success),
        soakMinutes: figure(group.soak),
        approval: group.approval,
      })),
      failurePercent: figure(draft.failurePercent),
      failureCount: figure(draft.failureCount),
      onFailure: draft.onFailure,
      ...(draft.windowed ? { window: { days: [...days].sort(), start, end } } : {}),
      maxConcurrent: figure(draft.maxConcurrent),
      healthSeconds: figure(draft.healthSeconds),
      reportSeconds: figure(draft.reportSeconds),
    },
  };
}

/** What a rollout is called until somebody says otherwise. */
export function suggestedName(packages: Record<string, string>): string {
  const [first, ...others] = Object.entries(packages);
  if (!first) return "";
  return `${first[0]} ${first[1]}${others.length > 0 ? ` and ${others.length} more` : ""}`.slice(0, 100);
}
