// A Debian 12 root folder, made once by debootstrap and kept in .cache/; boxes are copies of it.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { AGENT_DEPENDS } from "../../../scripts/release/agentPackage.ts";

const ROOT = join(import.meta.dirname, "../../..");
/** Installed by the deployment itself, so that its first step has something to do. */
export const LEFT_OUT = "iputils-ping";
/** What a server has that debootstrap's smallest one lacks, and freeDiameter for the stand-ins of Open5GS. */
const OF_A_SERVER = ["systemd", "util-linux", "freediameterd", "freediameter-extensions", "snmp"];

/** The packages that deploy.sh itself asks for, and those that our agent does: in the chroot there is no Debian mirror to get them from. */
function basePackages(): string[] {
  const steps = readFileSync(join(ROOT, "scripts/device/deploy.sh"), "utf8");
  const list = /^BASE_PACKAGES='([^']+)'/m.exec(steps)?.[1];
  if (!list) throw new Error("scripts/device/deploy.sh has no line BASE_PACKAGES='...'");
  return [...list.split(/\s+/), ...AGENT_DEPENDS];
}

/** The mirror this machine itself gets Debian 12 from. */
function mirror(): string {
  const format = "$(REPO_URI) $(CODENAME) $(COMPONENT)";
  const targets = execFileSync("apt-get", ["indextargets", "--format", format, "Created-By: Packages"], {
    encoding: "utf8",
  });
  const found = targets.split("\n").find((line) => line.endsWith(" bookworm main"));
  if (!found) throw new Error("this machine's APT sources name no mirror of Debian 12 (bookworm main)");
  return found.split(" ")[0] ?? "";
}

/** The folder to copy; making it takes about a minute, once. */
export function debianRoot(): string {
  const packages = [...new Set([...basePackages(), ...OF_A_SERVER])].filter((name) => name !== LEFT_OUT).sort();
  const key = createHash("sha256").update(packages.join()).digest("hex").slice(0, 12);
  const folder = join(ROOT, ".cache/debian12", key);
  if (existsSync(folder)) return folder;
  const making = `${folder}.making`;
  rmSync(making, { recursive: true, force: true });
  mkdirSync(making, { recursive: true });
  const source = mirror();
  debootstrap(packages, making, source);
  // Its sources are of no use without a network; what the first step installs comes from a folder.
  rmSync(join(making, "etc/apt/sources.list"), { force: true });
  rmSync(join(making, "dev/console"), { force: true });
  mkdirSync(join(making, "srv/debian"), { recursive: true });
  execFileSync("apt-get", ["download", LEFT_OUT], { cwd: join(making, "srv/debian"), stdio: "ignore" });
  renameSync(making, folder);
  return folder;
}

/** A mirror may fail for a moment: what is there already is not fetched again by the second try. */
function debootstrap(packages: readonly string[], folder: string, source: string): void {
  const argv = ["--variant=minbase", `--include=${packages.join()}`, "bookworm", folder, source];
  const options = { stdio: ["ignore", "ignore", "inherit"] as ("ignore" | "inherit")[], timeout: 600_000 };
  try {
    execFileSync("debootstrap", argv, options);
  } catch {
    execFileSync("debootstrap", argv, options);
  }
}

if (import.meta.main) debianRoot();
