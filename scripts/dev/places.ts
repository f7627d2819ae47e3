import { fileURLToPath } from "node:url";

/** The checkout's root, and the git-ignored folders that tools may fill. */
export const ROOT = fileURLToPath(new URL("../../", import.meta.url)).replace(/\/$/, "");
export const CACHE = `${ROOT}/.cache`;
export const ARTEFACTS = `${ROOT}/test-artefacts`;
export const BIN = `${ROOT}/node_modules/.bin`;
