import { ConfigError } from "./configError.ts";

export interface Listen {
  host: string;
  port: number;
  tls: boolean;
}

/** `ADDR:PORT`, with an IPv6 address in brackets. */
export function listenAt(text: string, tls: boolean, option: string): Listen {
  const match = /^(\[[0-9A-Fa-f:.]+\]|[^:\s]+):(\d{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  if (!match?.[1] || port > 65_535) throw new ConfigError(`--${option}: "${text}" is not ADDR:PORT`);
  return { host: match[1].replace(/^\[|\]$/g, ""), port, tls };
}
