/** A row of the editor. */
export interface Option {
  name: string;
  value: string;
}

export type Values = Readonly<Record<string, string>>;

export interface Difference {
  name: string;
  /** Undefined: it was not set. */
  from: string | undefined;
  /** Undefined: it is set no more. */
  to: string | undefined;
}

/** What changes from one version to another, by name. */
export function differences(from: Values, to: Values): Difference[] {
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
  return names.filter((name) => from[name] !== to[name]).map((name) => ({ name, from: from[name], to: to[name] }));
}

export const optionsOf = (values: Values): Option[] =>
  Object.entries(values)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => ({ name, value }));

/** Rows as the API takes them; rows without a name and a value are none. Throws for a name that is there twice. */
export function valuesOf(rows: readonly Option[]): Record<string, string> {
  const values: Record<string, string> = {};
  for (const { name, value } of rows) {
    const key = name.trim();
    if (!key && !value) continue;
    if (Object.hasOwn(values, key)) throw new Error(`${key} is there twice.`);
    values[key] = value;
  }
  return values;
}
