// Writes a small .deb (deb(5)): for packages made of values, not of a build. The same input gives the same bytes.

const BLOCK = 512;
/** Members' modes in octal, as ls shows them. */
const FILE = 0o644;
const FOLDER = 0o755;

const encoder = new TextEncoder();

/** What a package holds. Paths are below the root, without a leading slash, of at most 98 octets. */
export interface PackageContent {
  /** The control file, one stanza that ends with a line end (deb-control(5)). */
  control: string;
  /** Plain files that all may read. */
  files: Readonly<Record<string, string | Uint8Array>>;
  /** Every member's time, in seconds since 1970. */
  time: number;
}

/**
 * The octets of a .deb with these files and no maintainer scripts. `gzip` must not write a time of its own, as node:zlib's does not.
 * @throws RangeError for a path that tar's header has no room for.
 */
export function writePackage(content: PackageContent, gzip: (bytes: Uint8Array) => Uint8Array): Uint8Array {
  const control = tar({ control: content.control }, content.time);
  const data = tar(content.files, content.time);
  return joined([
    encoder.encode("!<arch>\n"),
    ...arMember("debian-binary", encoder.encode("2.0\n"), content.time),
    ...arMember("control.tar.gz", gzip(control), content.time),
    ...arMember("data.tar.gz", gzip(data), content.time),
  ]);
}

function arMember(name: string, bytes: Uint8Array, time: number): Uint8Array[] {
  const field = (value: string | number, length: number) => String(value).padEnd(length);
  const header = `${field(name, 16)}${field(time, 12)}${field(0, 6)}${field(0, 6)}${field("100644", 8)}${field(bytes.length, 10)}\`\n`;
  return [encoder.encode(header), bytes, encoder.encode(bytes.length % 2 ? "\n" : "")];
}

/** The folders that these paths need, each before what is in it, then the files; by name. */
function tar(files: Readonly<Record<string, string | Uint8Array>>, time: number): Uint8Array {
  const paths = Object.keys(files).sort();
  const folders = new Set(paths.flatMap((path) => path.split("/").map((_, n, parts) => parts.slice(0, n).join("/"))));
  const members = [
    ...[...folders].sort().map((path) => header(path === "" ? "./" : `./${path}/`, "5", FOLDER, 0, time)),
    ...paths.flatMap((path) => {
      const value = files[path] ?? "";
      const bytes = typeof value === "string" ? encoder.encode(value) : value;
      return [header(`./${path}`, "0", FILE, bytes.length, time), bytes, new Uint8Array(-bytes.length & (BLOCK - 1))];
    }),
  ];
  return joined([...members, new Uint8Array(2 * BLOCK)]);
}

/** A ustar header (POSIX pax, "ustar Interchange Format"), of root:root. */
function header(name: string, type: "0" | "5", mode: number, size: number, time: number): Uint8Array {
  if (encoder.encode(name).length > 100) throw new RangeError(`${name}: tar's header has room for 100 octets`);
  const block = new Uint8Array(BLOCK);
  const put = (at: number, text: string) => block.set(encoder.encode(text), at);
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, "0")}\0`;
  put(0, name);
  put(100, octal(mode, 7));
  put(108, octal(0, 7));
  put(116, octal(0, 7));
  put(124, octal(size, 11));
  put(136, octal(time, 11));
  put(148, " ".repeat(8));
  put(156, type);
  put(257, "ustar\x0000");
  put(265, "root");
  put(297, "root");
  const sum = block.reduce((total, octet) => total + octet, 0);
  put(148, `${sum.toString(8).padStart(6, "0")}\0 `);
  return block;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
