const decoder = new TextDecoder("latin1");

/** Octets as one character each, for headers: they are ASCII, and anything else is found out by their patterns. */
export function latin1(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}
