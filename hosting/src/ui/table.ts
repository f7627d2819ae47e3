/** A column of a DataTable. */
export interface Column<T> {
  key: string;
  label: string;
  /** CSS width; the table is at least as wide as all of them. */
  width: number;
  /** Takes what width is left over. */
  grow?: boolean;
  align?: "end";
  /** Ascending order; a column without it can't be sorted by. */
  order?: (a: T, b: T) => number;
}

/** `site` ascending, `-site` descending, as it stands in the URL. */
export function sorted<T>(rows: readonly T[], columns: readonly Column<T>[], sort: string): readonly T[] {
  const down = sort.startsWith("-");
  const order = columns.find((column) => column.key === sort.replace(/^-/, ""))?.order;
  if (!order) return rows;
  return [...rows].sort(down ? (a, b) => order(b, a) : order);
}

/** Sorting by the same column again turns it round. */
export function nextSort(current: string, key: string): string {
  return current === key ? `-${key}` : key;
}

/** Absent values come last in ascending order. */
export function byNumber<T>(value: (row: T) => number | undefined): (a: T, b: T) => number {
  return (a, b) => (value(a) ?? Number.POSITIVE_INFINITY) - (value(b) ?? Number.POSITIVE_INFINITY) || 0;
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

export function byText<T>(value: (row: T) => string): (a: T, b: T) => number {
  return (a, b) => collator.compare(value(a), value(b));
}

export interface Slice {
  from: number;
  to: number;
}

/** Rows beyond this number are drawn only while in view. */
export const VIRTUAL_FROM = 100;

/** Which rows to draw: those in view and a few either side. */
export function visibleSlice(total: number, rowHeight: number, scrollTop: number, height: number): Slice {
  if (total <= VIRTUAL_FROM) return { from: 0, to: total };
  const margin = 8;
  const first = Math.max(0, Math.floor(scrollTop / rowHeight) - margin);
  return { from: Math.min(first, total), to: Math.min(total, Math.ceil((scrollTop + height) / rowHeight) + margin) };
}
