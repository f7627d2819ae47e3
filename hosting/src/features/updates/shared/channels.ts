import { CHANNELS } from "@wisptools/core/domain/apt/ids";

const place = (id: string) => {
  const found = (CHANNELS as readonly string[]).indexOf(id);
  return found < 0 ? CHANNELS.length : found;
};

/** Channels as packages pass through them; a tenant's own ones after, by name. */
export function inOrder<T extends { id: string }>(channels: readonly T[]): T[] {
  return [...channels].sort((a, b) => place(a.id) - place(b.id) || a.id.localeCompare(b.id));
}

/** Every channel by name, those that hold nothing yet included. */
export function channelNames(channels: readonly { id: string }[]): string[] {
  const all = new Set<string>([...CHANNELS, ...channels.map((one) => one.id)]);
  return inOrder([...all].map((id) => ({ id }))).map((one) => one.id);
}
