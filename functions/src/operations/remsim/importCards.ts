import { AppError, type CardRow, type CardVerdict, cardRows, type WantedCard } from "@wisptools/core";
import type { MemberCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";
import { audit } from "../audit.ts";
import { type JudgedCard, judgeCards, writeCard } from "./cardWrites.ts";
import { chunks } from "./chunks.ts";

/** Rows written at once: five documents each at most, and an audit entry. */
const BATCH = 80;
/** Tries of a row that others change at the same time. */
const ATTEMPTS = 10;

/** A row and what became of it, or would. */
export interface ImportedRow extends Omit<CardRow, "wanted"> {
  action: CardVerdict["action"];
  field?: string;
  fault?: string;
}

/** Enters the cards of a CSV text, each row whole or not at all. A dry run says what would happen and writes nothing. */
export async function importSimCards(
  deps: Deps,
  caller: MemberCaller,
  { csv, dry_run: dryRun }: { csv: string; dry_run: boolean },
): Promise<ImportedRow[]> {
  const rows = cardRows(csv);
  const sound = rows.filter(isSound);
  const judged = await judgeCards(
    deps,
    caller.tenantId,
    sound.map(({ wanted }) => wanted),
  );
  const outcomes = new Map(sound.map(({ row }, index) => [row, (judged[index] as JudgedCard).verdict]));
  if (!dryRun) {
    const todo = sound.flatMap(({ row }, index) => ({ row, judged: judged[index] as JudgedCard })).filter(writes);
    for (const part of chunks(todo, BATCH)) {
      for (const [row, verdict] of await enterPart(deps, caller, part)) outcomes.set(row, verdict);
    }
  }
  return rows.map((one) => shown(one, outcomes.get(one.row)));
}

type SoundRow = CardRow & { wanted: WantedCard };
interface Todo {
  row: number;
  judged: JudgedCard;
}

function isSound(row: CardRow): row is SoundRow {
  return "iccid" in row.wanted;
}

function writes({ judged: { verdict } }: Todo): boolean {
  return verdict.action === "create" || verdict.action === "update";
}

/** Writes rows together; when others came between, one by one as they are judged then. Gives what became of each. */
async function enterPart(deps: Deps, caller: MemberCaller, part: readonly Todo[]): Promise<[number, CardVerdict][]> {
  try {
    await enter(deps, caller, part);
    return part.map(({ row, judged }) => [row, judged.verdict]);
  } catch (error) {
    if (!isRace(error)) throw error;
  }
  const outcomes: [number, CardVerdict][] = [];
  for (const { row, judged } of part) outcomes.push([row, await enterOne(deps, caller, row, judged.wanted)]);
  return outcomes;
}

async function enterOne(deps: Deps, caller: MemberCaller, row: number, wanted: WantedCard): Promise<CardVerdict> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const [judged] = (await judgeCards(deps, caller.tenantId, [wanted])) as [JudgedCard];
    if (!writes({ row, judged })) return judged.verdict;
    try {
      await enter(deps, caller, [{ row, judged }]);
      return judged.verdict;
    } catch (error) {
      if (!isRace(error)) throw error;
    }
  }
  return { action: "refuse", code: "aborted", field: "", message: "others change this card or slot all the time" };
}

function isRace(error: unknown): boolean {
  return error instanceof AppError && error.code === "aborted";
}

async function enter(deps: Deps, caller: MemberCaller, part: readonly Todo[]): Promise<void> {
  const write = deps.store.write();
  for (const { judged } of part) writeCard(deps, write, caller.tenantId, judged);
  const created = part.filter(({ judged }) => judged.verdict.action === "create").length;
  audit(deps, write, caller.tenantId, caller, {
    action: "simCards.import",
    target: (part[0] as Todo).judged.wanted.iccid,
    summary: `imported ${part.length} cards (${created} new), rows ${part[0]?.row} to ${part.at(-1)?.row}`,
  });
  await write.commit();
}

function shown({ wanted, ...row }: CardRow, verdict: CardVerdict | undefined): ImportedRow {
  if (!("iccid" in wanted)) return { ...row, action: "refuse", field: wanted.field, fault: wanted.message };
  if (verdict?.action === "refuse") return { ...row, action: "refuse", field: verdict.field, fault: verdict.message };
  return { ...row, action: (verdict as CardVerdict).action };
}
