// What tshark understood, read from its PDML: the tree of AVPs with names, flags and values in its own words.

export interface Field {
  readonly name: string;
  readonly show: string;
  readonly value: string;
  readonly children: Field[];
}

export interface DissectedAvp {
  readonly name: string;
  readonly code: number;
  readonly vendorId: number;
  readonly flags: string;
  /** Its data as hexadecimal digits, and as tshark shows it. */
  readonly value: string;
  readonly show: string;
  readonly avps: DissectedAvp[];
}

const HEADER = new Set(["code", "flags", "len", "vendorId", "pad"].map((each) => `diameter.avp.${each}`));

/** One tree per Diameter message. */
export function diameterOf(pdml: string): Field[] {
  const root: Field = { name: "", show: "", value: "", children: [] };
  const open = [root];
  for (const [tag, closing, name, attributes = "", selfClosing] of pdml.matchAll(
    /<(\/?)(proto|field|packet)\b([^>]*?)(\/?)>/g,
  )) {
    if (tag === undefined || name === undefined) continue;
    if (closing === "/") {
      open.pop();
      continue;
    }
    const field: Field = {
      name: attribute(attributes, "name"),
      show: attribute(attributes, "show"),
      value: attribute(attributes, "value"),
      children: [],
    };
    open.at(-1)?.children.push(field);
    if (selfClosing === "") open.push(field);
  }
  return root.children.flatMap((packet) => packet.children.filter((each) => each.name === "diameter"));
}

export function avpsOf(fields: readonly Field[]): DissectedAvp[] {
  return fields.filter(({ name }) => name === "diameter.avp").map(avpOf);
}

function avpOf(field: Field): DissectedAvp {
  const header = (name: string): Field | undefined =>
    field.children.find((each) => each.name === `diameter.avp.${name}`);
  const data = field.children.find(({ name }) => name.startsWith("diameter.") && !HEADER.has(name));
  const address = data?.children.find(({ name }) => /\.IPv[46]$/.test(name));
  return {
    name: (data?.name ?? "").slice("diameter.".length),
    code: Number(header("code")?.show),
    vendorId: Number(header("vendorId")?.show ?? 0),
    flags: header("flags")?.show ?? "",
    value: data?.value ?? "",
    show: address?.show ?? data?.show ?? "",
    avps: avpsOf(data?.children ?? []),
  };
}

function attribute(text: string, name: string): string {
  const raw = new RegExp(`\\b${name}="([^"]*)"`).exec(text)?.[1] ?? "";
  return raw.replaceAll("&quot;", '"').replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}
