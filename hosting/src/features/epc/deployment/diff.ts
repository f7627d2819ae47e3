export interface DiffLine {
  kind: "same" | "added" | "removed";
  text: string;
  /** Line numbers, from 1, on the side they exist on. */
  before?: number;
  after?: number;
}

/** Beyond this many differences the texts count as wholly different; the work grows with its square. */
const MOST_EDITS = 2000;

/** The shortest way from one text to the other, line by line (Myers, "An O(ND) Difference Algorithm"). */
export function diff(before: readonly string[], after: readonly string[]): DiffLine[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  const room = Math.min(before.length, after.length) - head;
  while (tail < room && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  const middle = edits(before.slice(head, before.length - tail), after.slice(head, after.length - tail));
  const same = (text: string): Edit => ["same", text];
  return numbered([...before.slice(0, head).map(same), ...middle, ...before.slice(before.length - tail).map(same)]);
}

type Edit = readonly [DiffLine["kind"], string];

function numbered(found: readonly Edit[]): DiffLine[] {
  let [before, after] = [0, 0];
  return found.map(([kind, text]) => {
    if (kind === "same") return { kind, text, before: ++before, after: ++after };
    return kind === "removed" ? { kind, text, before: ++before } : { kind, text, after: ++after };
  });
}

/** How far down `a` each diagonal reaches, before every number of edits. */
type Reach = ReadonlyMap<number, number>;

function comesFromAbove(reach: Reach, k: number, d: number): boolean {
  return k === -d || (k !== d && (reach.get(k - 1) ?? -1) < (reach.get(k + 1) ?? -1));
}

function search(a: readonly string[], b: readonly string[]): Reach[] | undefined {
  const trace: Reach[] = [];
  const reach = new Map<number, number>([[1, 0]]);
  for (let d = 0; d <= Math.min(MOST_EDITS, a.length + b.length); d++) {
    trace.push(new Map(reach));
    for (let k = -d; k <= d; k += 2) {
      let x = comesFromAbove(reach, k, d) ? (reach.get(k + 1) ?? 0) : (reach.get(k - 1) ?? 0) + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++;
      reach.set(k, x);
      if (x >= a.length && x - k >= b.length) return trace;
    }
  }
  return undefined;
}

function edits(a: readonly string[], b: readonly string[]): Edit[] {
  const trace = search(a, b);
  if (!trace) return [...a.map((text): Edit => ["removed", text]), ...b.map((text): Edit => ["added", text])];
  const found: Edit[] = [];
  let [x, y] = [a.length, b.length];
  for (let d = trace.length - 1; d >= 0; d--) {
    const reach: Reach = trace[d] ?? new Map();
    const above = comesFromAbove(reach, x - y, d);
    const fromK = above ? x - y + 1 : x - y - 1;
    const fromX = d === 0 ? 0 : (reach.get(fromK) ?? 0);
    const fromY = d === 0 ? 0 : fromX - fromK;
    while (x > fromX && y > fromY) {
      x--;
      y--;
      found.push(["same", a[x] ?? ""]);
    }
    if (d > 0) found.push(above ? ["added", b[fromY] ?? ""] : ["removed", a[fromX] ?? ""]);
    [x, y] = [fromX, fromY];
  }
  return found.reverse();
}

export type Hunk = DiffLine[] | number;

/** Changes with `context` lines around them; what lies between them as a count of left-out lines. */
export function hunks(lines: readonly DiffLine[], context = 3): Hunk[] {
  const near = lines.map(() => false);
  for (const [i, line] of lines.entries()) {
    if (line.kind !== "same") near.fill(true, Math.max(0, i - context), i + context + 1);
  }
  const found: Hunk[] = [];
  for (const [i, line] of lines.entries()) {
    const last = found.at(-1);
    if (near[i]) {
      if (Array.isArray(last)) last.push(line);
      else found.push([line]);
    } else if (typeof last === "number") found[found.length - 1] = last + 1;
    else found.push(1);
  }
  return found;
}
