/** Where a character sorts: "~" before the end of the part, letters before all else (Debian Policy 5.6.12). */
function rank(code: number): number {
  if (Number.isNaN(code) || isDigit(code)) return 0;
  if (code === 0x7e) return -1;
  const isLetter = (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
  return isLetter ? code : code + 256;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** Upstream versions or revisions: parts that are not digits by rank, parts that are by number, in turns from the left. */
function compareParts(a: string, b: string): number {
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    for (;;) {
      const x = a.charCodeAt(i);
      const y = b.charCodeAt(j);
      const isEnd = (Number.isNaN(x) || isDigit(x)) && (Number.isNaN(y) || isDigit(y));
      if (isEnd) break;
      const difference = rank(x) - rank(y);
      if (difference !== 0) return difference;
      i++;
      j++;
    }
    while (a[i] === "0") i++;
    while (b[j] === "0") j++;
    let first = 0;
    while (isDigit(a.charCodeAt(i)) && isDigit(b.charCodeAt(j))) {
      const difference = a.charCodeAt(i++) - b.charCodeAt(j++);
      first ||= difference;
    }
    if (isDigit(a.charCodeAt(i))) return 1;
    if (isDigit(b.charCodeAt(j))) return -1;
    if (first !== 0) return first;
  }
  return 0;
}

function split(version: string): { epoch: number; upstream: string; revision: string } {
  const colon = version.indexOf(":");
  const rest = version.slice(colon + 1);
  const hyphen = rest.lastIndexOf("-");
  return {
    epoch: colon < 0 ? 0 : Number(version.slice(0, colon)),
    upstream: hyphen < 0 ? rest : rest.slice(0, hyphen),
    revision: hyphen < 0 ? "" : rest.slice(hyphen + 1),
  };
}

/** Negative, 0 or positive as version `a` is older than, as new as, or newer than `b` (Debian Policy 5.6.12). */
export function compareVersions(a: string, b: string): number {
  if (a === b) return 0;
  const left = split(a);
  const right = split(b);
  return (
    left.epoch - right.epoch ||
    compareParts(left.upstream, right.upstream) ||
    compareParts(left.revision, right.revision)
  );
}
