import { type AppError, MAPPING_MODES } from "@wisptools/core";

/**
 * What an error says besides on the paths of remote-SIM routers: osmo-remsim-client takes a reply for a failure by `"status":"error"` in its
 * text. A wrong mapping mode is told the right ones.
 */
export function remsimErrorFields(path: string, error: AppError | undefined): Record<string, unknown> {
  if (!path.startsWith("/api/backend/v1/remsim/")) return {};
  return { status: "error", ...(error?.field === "mapping_mode" ? { available_modes: MAPPING_MODES } : {}) };
}
