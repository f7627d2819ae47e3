import { readFile } from "node:fs/promises";
import { type FieldFault, type OpenFiveGsSubscriber, parseOpenFiveGsSubscriber } from "@wisptools/core";

/** Larger files hold something else. */
const LARGEST = 64 * 1024 * 1024;

export interface FileContent {
  subscribers: OpenFiveGsSubscriber[];
  /** Of documents that are left out. `field` begins with the document's place when the file holds several. */
  faults: FieldFault[];
}

/** One Open5GS subscriber document, or an array of them. */
export async function readSubscriberFile(path: string): Promise<FileContent> {
  const bytes = await readFile(path);
  if (bytes.length > LARGEST) return faulty("the file is larger than 64 MB");
  let parsed: unknown;
  try {
    parsed = JSON.parse(bytes.toString("utf8").replace(/^\u{feff}/u, ""));
  } catch (error) {
    // The parser's own words quote the text, which holds keys.
    const place = /at position \d+( \(line \d+ column \d+\))?$/.exec((error as Error).message)?.[0];
    return faulty(`not JSON${place ? ` ${place}` : ""}`);
  }
  if (!Array.isArray(parsed)) return contentOf([parsed], () => "");
  return contentOf(parsed, (index) => `${index}.`);
}

function faulty(message: string): FileContent {
  return { subscribers: [], faults: [{ field: "", message }] };
}

function contentOf(documents: unknown[], prefix: (index: number) => string): FileContent {
  const content: FileContent = { subscribers: [], faults: [] };
  documents.forEach((document, index) => {
    const result = parseOpenFiveGsSubscriber(document);
    if ("ok" in result) content.subscribers.push(result.ok);
    else content.faults.push(...result.faults.map((fault) => ({ ...fault, field: prefix(index) + fault.field })));
  });
  return content;
}
