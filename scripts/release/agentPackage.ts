// wisptools-agent: what every EPC runs of ours, as one .deb. It has no maintainer scripts: the deployment script and the updater
// enable and restart. The same files give the same bytes, whoever builds, and when.
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

const DEVICE = join(import.meta.dirname, "../device");
/** Files of other folders, by their place on the box: conffiles (Debian Policy 10.7.3). */
const OVERLAY = join(import.meta.dirname, "agent");
/** Of scripts/device, what makes scripts or is for routers, and is not on the box. */
const NOT_ON_THE_BOX = new Set(["deploy.sh", "bundle.sh", "systemd", "remsim"]);
/** Every file's time, in seconds: a build says nothing of its day. 2026-01-01. */
export const PACKAGE_TIME = 1_767_225_600;
/** The programs that ours call, but for those of essential packages. */
export const AGENT_DEPENDS = [
  "ca-certificates",
  "curl",
  "gpgv",
  "iproute2",
  "iputils-ping",
  "jq",
  "nftables",
  "openssl",
  "procps",
  "snmpd",
  "systemd",
];

/** WT_VERSION of scripts/device/lib.sh, which the agent reports, is the package's version as well. */
export function agentVersion(): string {
  const version = /^WT_VERSION=(\S+)$/m.exec(readFileSync(join(DEVICE, "lib.sh"), "utf8"))?.[1];
  if (!version) throw new Error("scripts/device/lib.sh has no line WT_VERSION=...");
  return version;
}

/** Puts the package's files below `root`, with their modes. Units are in /usr/lib: on a merged /usr, /lib is a link to it. */
export function layAgent(root: string): void {
  const programs = join(root, "usr/lib/wisptools");
  const units = join(root, "usr/lib/systemd/system");
  for (const folder of [programs, units]) mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(DEVICE)) {
    if (!NOT_ON_THE_BOX.has(name)) cpSync(join(DEVICE, name), join(programs, name));
  }
  cpSync(join(DEVICE, "systemd"), units, { recursive: true });
  cpSync(OVERLAY, root, { recursive: true });
  for (const path of pathsIn(root)) chmodSync(join(root, path), modeOf(join(root, path)));
}

/**
 * Builds wisptools-agent_{version}_all.deb in `folder` and returns its path. `version` is WT_VERSION, unless a test wants another.
 * @throws Error if dpkg-deb is missing or refuses.
 */
export function buildAgentPackage(folder: string, version = agentVersion()): string {
  const root = mkdtempSync(join(tmpdir(), "wisptools-agent-"));
  try {
    layAgent(root);
    if (version !== agentVersion()) restamp(root, version);
    const conffiles = pathsIn(OVERLAY).filter((path) => statSync(join(OVERLAY, path)).isFile());
    return buildPackage(root, folder, agentControl(root, version), conffiles);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** Makes `folder` one that has the package as it is now and no other; by default one for what runs from the sources. */
export function agentPackageFolder(folder = join(import.meta.dirname, "../../.cache/packages")): string {
  const built = buildAgentPackage(folder);
  for (const name of readdirSync(folder)) {
    if (name.endsWith(".deb") && name !== basename(built)) rmSync(join(folder, name), { force: true });
  }
  return folder;
}

/** Makes a .deb of the files below `root` by dpkg-deb, the same bytes each time. `conffiles` are paths below root. */
export function buildPackage(root: string, folder: string, control: string, conffiles: readonly string[]): string {
  mkdirSync(join(root, "DEBIAN"));
  writeFileSync(join(root, "DEBIAN/control"), control, { mode: 0o644 });
  if (conffiles.length > 0) {
    writeFileSync(join(root, "DEBIAN/conffiles"), conffiles.map((path) => `/${path}\n`).join(""), { mode: 0o644 });
  }
  for (const path of ["", ...pathsIn(root)]) {
    const file = join(root, path);
    chmodSync(file, modeOf(file));
    lutimesSync(file, PACKAGE_TIME, PACKAGE_TIME);
  }
  mkdirSync(folder, { recursive: true });
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(control)?.[1] ?? "";
  const name = `${field("Package")}_${field("Version").replace(/^\d+:/, "")}_${field("Architecture")}.deb`;
  const made = join(folder, `.${name}.${process.pid}`);
  dpkgDeb("--root-owner-group", "-Zgzip", "-z9", "--build", root, made);
  renameSync(made, join(folder, name));
  return join(folder, name);
}

function agentControl(root: string, version: string): string {
  const files = pathsIn(root)
    .map((path) => statSync(join(root, path)))
    .filter((stat) => stat.isFile());
  const octets = files.reduce((sum, { size }) => sum + size, 0);
  return `Package: wisptools-agent
Version: ${version}
Section: net
Priority: optional
Architecture: all
Maintainer: wisptools <root@localhost>
Installed-Size: ${Math.ceil(octets / 1024)}
Depends: ${AGENT_DEPENDS.join(", ")}
Suggests: dmidecode, ethtool, iperf3, traceroute
Description: wisptools agent of an EPC
 Reports to the cloud, takes its commands and its updates, follows the attach and detach
 events of Open5GS, and keeps the tunnel and the Diameter certificate of the site.
`;
}

/** As if WT_VERSION were another: what the agent reports is what is installed. */
function restamp(root: string, version: string): void {
  const lib = join(root, "usr/lib/wisptools/lib.sh");
  writeFileSync(lib, readFileSync(lib, "utf8").replace(/^WT_VERSION=.*$/m, `WT_VERSION=${version}`));
}

/** Folders and programs for all to read and enter or run; everything else to read. The umask has no say. */
function modeOf(file: string): number {
  if (statSync(file).isDirectory()) return 0o755;
  return readFileSync(file, "latin1").startsWith("#!") ? 0o755 : 0o644;
}

function pathsIn(root: string): string[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" }).sort();
}

function dpkgDeb(...args: string[]): void {
  try {
    execFileSync("dpkg-deb", args, {
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, SOURCE_DATE_EPOCH: String(PACKAGE_TIME), LC_ALL: "C" },
    });
  } catch (error) {
    const { code, stderr } = error as { code?: string; stderr?: Buffer };
    if (code === "ENOENT") throw new Error("dpkg-deb is missing: install the package dpkg", { cause: error });
    throw new Error(`dpkg-deb: ${stderr ?? error}`, { cause: error });
  }
}
