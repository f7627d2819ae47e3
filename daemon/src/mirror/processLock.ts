import { linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Keeps a second process out of a data directory: two would make the same SQNs. What a killed process left is recognised by its start time.
 * @returns how to let go.
 * @throws when another process has it.
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, "pid");
  const own = `${process.pid} ${startOf(process.pid) ?? ""}\n`;
  const candidate = `${path}.${process.pid}`;
  writeFileSync(candidate, own, { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < 3; attempt++) {
      if (link(candidate, path)) return () => rmSync(path, { force: true });
      const [pid = "", start = ""] = readFileSync(path, "utf8").trim().split(" ");
      if (Number(pid) !== process.pid && start !== "" && startOf(Number(pid)) === start) {
        throw new Error(`${folder} is in use by process ${pid}`);
      }
      rmSync(path, { force: true });
    }
    throw new Error(`${folder} is in use`);
  } finally {
    rmSync(candidate, { force: true });
  }
}

function link(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** When a process began, in ticks since the boot (proc(5), field 22); undefined when there is none. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}
