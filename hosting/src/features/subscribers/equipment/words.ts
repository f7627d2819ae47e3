import type { EirEntry, EquipmentList } from "@wisptools/core/documents/subscription";
import type { Look } from "../shared/words.ts";

export const LIST_LOOK: Record<EquipmentList, Look> = {
  white: { word: "White", mark: "online", meaning: "Allowed." },
  grey: { word: "Grey", mark: "degraded", meaning: "Allowed, and watched: its use is reported." },
  black: { word: "Black", mark: "offline", meaning: "Refused everywhere." },
};

export function subjectWords(subject: EirEntry["subject"]): string {
  if (subject.kind === "imei") return subject.imei;
  return subject.from === subject.to ? subject.from : `${subject.from} – ${subject.to}`;
}
