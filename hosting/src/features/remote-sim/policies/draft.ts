import type { explainAssignment } from "@wisptools/core/api/remsimClients";
import type { putSlotPolicies } from "@wisptools/core/api/remsimSettings";
import type { MappingMode } from "@wisptools/core/domain/remsim/ids";
import type { SlotPolicy, SlotStrategy } from "@wisptools/core/domain/remsim/policy";
import { listOf } from "../shared/regions.ts";

/** A policy as its form holds it: lists as text, absent conditions as nothing typed. */
export interface PolicyDraft {
  /** Tells policies apart while they have no id. */
  key: string;
  /** "" until it was saved. */
  id: string;
  name: string;
  enabled: boolean;
  modes: MappingMode[];
  carriers: string;
  regions: string;
  clientPrefix: string;
  windowed: boolean;
  days: number[];
  start: string;
  end: string;
  timeZone: string;
  banks: string;
  bankRegions: string;
  cardCarriers: string;
  poolId: string;
  strategy: SlotStrategy;
  remap: boolean;
}

export type SentPolicies = (typeof putSlotPolicies)["body"]["_zod"]["input"]["policies"];
export type AskedPolicies = NonNullable<(typeof explainAssignment)["body"]["_zod"]["input"]["policies"]>;

export function freshPolicy(key: string, name: string): PolicyDraft {
  return {
    key,
    id: "",
    name,
    enabled: true,
    modes: [],
    carriers: "",
    regions: "",
    clientPrefix: "",
    windowed: false,
    days: [1, 2, 3, 4, 5],
    start: "08:00",
    end: "18:00",
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    banks: "",
    bankRegions: "",
    cardCarriers: "",
    poolId: "",
    strategy: "sticky",
    remap: true,
  };
}

const joined = (list: readonly (string | number)[] | undefined) => (list ?? []).join(", ");

export function draftOf({ id, name, enabled, match, choose, strategy, remap }: SlotPolicy): PolicyDraft {
  return {
    ...freshPolicy(id, name),
    id,
    enabled,
    modes: [...(match.modes ?? [])],
    carriers: joined(match.carriers),
    regions: joined(match.regions),
    clientPrefix: match.clientPrefix ?? "",
    windowed: match.window !== undefined,
    ...(match.window ? { ...match.window, days: [...match.window.days] } : {}),
    banks: joined(choose.banks),
    bankRegions: joined(choose.regions),
    cardCarriers: joined(choose.carriers),
    poolId: choose.poolId ?? "",
    strategy,
    remap,
  };
}

/** `310/410, 310` as the API takes it. */
const networks = (text: string): string[] => listOf(text.replaceAll("/", ""));
const given = <T>(name: string, list: readonly T[]): Record<string, readonly T[]> =>
  list.length > 0 ? { [name]: list } : {};

/** A policy as the API takes it; what is wrong with it, the contract says at its field. */
export function policyOf(draft: PolicyDraft): SentPolicies[number] {
  const { days, start, end, timeZone } = draft;
  return {
    ...(draft.id ? { id: draft.id as SlotPolicy["id"] } : {}),
    name: draft.name.trim(),
    enabled: draft.enabled,
    match: {
      ...given("modes", draft.modes),
      ...given("carriers", networks(draft.carriers)),
      ...given("regions", listOf(draft.regions)),
      ...(draft.clientPrefix.trim() ? { clientPrefix: draft.clientPrefix.trim() } : {}),
      ...(draft.windowed ? { window: { days: [...days].sort(), start, end, timeZone: timeZone.trim() } } : {}),
    },
    choose: {
      ...given(
        "banks",
        listOf(draft.banks).map((one) => Number(one)),
      ),
      ...given("regions", listOf(draft.bankRegions)),
      ...given("carriers", networks(draft.cardCarriers)),
      ...(draft.poolId ? { poolId: draft.poolId as NonNullable<SlotPolicy["choose"]["poolId"]> } : {}),
    },
    strategy: draft.strategy,
    remap: draft.remap,
  } as SentPolicies[number];
}

/** The list with one of it moved; the same list when it can't go there. */
export function moved<T>(list: readonly T[], from: number, to: number): readonly T[] {
  const one = list[from];
  if (one === undefined || from === to || to < 0 || to >= list.length) return list;
  const rest = list.toSpliced(from, 1);
  return rest.toSpliced(to, 0, one);
}
