import { additions, type Move, paths, type Rollout, type RolloutDevice, type Turn } from "@wisptools/core";
import { increment, type Stored, type Write } from "@wisptools/store";

/**
 * Adds a device's turn to a write: its document as it was read, and its rollout's figures by increments. As the device's document moves once
 * for each turn, the figures are moved once too, however often a report comes.
 */
export function addTurn(write: Write, device: Stored<RolloutDevice>, turn: Turn): void {
  write.update(device, turn.changes);
  addMoves(write, device.data, [turn.move]);
}

/** Adds moves to a rollout's figures, whatever others add to them. */
export function addMoves(
  write: Write,
  rollout: { tenantId: Rollout["tenantId"]; rolloutId: Rollout["id"] },
  moves: readonly Move[],
): void {
  const sums = [...additions(moves)].map(([path, by]) => [path, increment(by)] as const);
  if (sums.length > 0) write.patch(paths.rollout(rollout.tenantId, rollout.rolloutId), Object.fromEntries(sums));
}
