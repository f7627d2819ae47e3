import { Architecture } from "./ids.ts";

/** A Packages index: what devices of one architecture may install. */
export interface ArchitectureIndex {
  architecture: Architecture;
  text: string;
}

/** Indexes that a channel has even without a package of theirs: a box must find its own whatever others upload. */
export const DEFAULT_ARCHITECTURES: readonly Architecture[] = ["amd64", "arm64"];

/** Neighbouring entries of one architecture. */
interface Run {
  architecture: Architecture;
  start: number;
  end: number;
}

const FIELD = "\nArchitecture: ";

/** Only entries' own fields begin a line with it: continuation lines begin with a space. */
function runsOf(text: string): Run[] {
  const runs: Run[] = [];
  for (let start = 0; start < text.length; ) {
    const from = text.indexOf(FIELD, start) + FIELD.length;
    const architecture = Architecture.parse(text.slice(from, text.indexOf("\n", from)));
    const separator = text.indexOf("\n\n", from);
    const end = separator < 0 ? text.length : separator + 2;
    const last = runs.at(-1);
    if (last?.architecture === architecture) last.end = end;
    else runs.push({ architecture, start, end });
    start = end;
  }
  return runs;
}

function textOf(text: string, runs: readonly Run[], isIn: (run: Run) => boolean): string {
  const joined = runs
    .filter(isIn)
    .map(({ start, end }) => text.slice(start, end))
    .join("");
  return joined.endsWith("\n\n") ? joined.slice(0, -1) : joined;
}

/**
 * The Packages index of each architecture: its packages and those of `all`, in the snapshot's order; by architecture's name.
 * Indexes that are equal are the same string, and the snapshot itself where it has nothing else.
 * @param always architectures that have an index in any case.
 */
export function indexesOf(text: string, always: readonly Architecture[] = DEFAULT_ARCHITECTURES): ArchitectureIndex[] {
  const runs = runsOf(text);
  const present = new Set(runs.map(({ architecture }) => architecture));
  const concrete = [...new Set([...always, ...present])].filter((architecture) => architecture !== "all").sort();
  const common =
    present.size === 1 && present.has("all") ? text : textOf(text, runs, (run) => run.architecture === "all");
  return concrete.map((architecture) => {
    if (!present.has(architecture)) return { architecture, text: common };
    const isWhole = [...present].every((other) => other === architecture || other === "all");
    const isIn = (run: Run) => run.architecture === architecture || run.architecture === "all";
    return { architecture, text: isWhole ? text : textOf(text, runs, isIn) };
  });
}
