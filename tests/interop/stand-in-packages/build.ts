// Builds stand-ins of the open5gs packages (names, conffiles, units and user as upstream's own packaging has them) and puts
// them into flat APT repositories.
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createMessage, generateKey, readPrivateKey, sign } from "openpgp";

/** Of every stand-in. */
export const VERSION = "2.7.6~standin1";
const HERE = import.meta.dirname;
const COMPONENTS = ["mme", "sgwc", "sgwu", "smf", "upf", "pcrf"];
/** Where Open5GS's own packages put freeDiameter's extensions; Debian's are the same modules in another folder. */
const EXTENSIONS = "usr/lib/x86_64-linux-gnu/freeDiameter";
const MODULES = ["dict_rfc5777", "dict_mip6i", "dict_nasreq", "dict_nas_mipv6", "dict_dcca", "dict_dcca_3gpp"];

type Files = Record<string, { text: string; mode?: number } | { link: string }>;

/** Fills `folder` with the packages and their index: a flat repository. */
export function buildRepository(folder: string): void {
  buildPackages(folder);
  index(folder);
}

/** Fills `folder` with the packages. */
export function buildPackages(folder: string): void {
  mkdirSync(folder, { recursive: true });
  buildPackage(folder, "open5gs-common", "freediameterd, freediameter-extensions, passwd", common(), POSTINST);
  for (const component of COMPONENTS) buildPackage(folder, `open5gs-${component}`, "open5gs-common", daemon(component));
}

/** Writes Packages and Release of a flat repository. */
export function index(folder: string): void {
  const ftparchive = (...args: string[]) => execFileSync("apt-ftparchive", args, { cwd: folder });
  writeFileSync(join(folder, "Packages"), ftparchive("packages", "."));
  rmSync(join(folder, "Release"), { force: true });
  writeFileSync(join(folder, "Release"), ftparchive("release", "."));
}

/** Signs a repository with a key of its own, and returns the armoured public key. */
export async function signRepository(folder: string): Promise<string> {
  const key = await generateKey({ type: "ecc", curve: "ed25519Legacy", userIDs: [{ name: "Open5GS stand-in" }] });
  const message = await createMessage({ text: readFileSync(join(folder, "Release"), "utf8") });
  const signingKeys = await readPrivateKey({ armoredKey: key.privateKey });
  const signature = await sign({ message, signingKeys, detached: true });
  writeFileSync(join(folder, "Release.gpg"), signature);
  return key.publicKey;
}

const POSTINST = `#!/bin/sh
set -e
if ! getent passwd open5gs >/dev/null; then useradd --system --home-dir /run/open5gs --shell /usr/sbin/nologin open5gs; fi
mkdir -p /var/log/open5gs
chown open5gs:open5gs /var/log/open5gs
`;

function common(): Files {
  const modules = MODULES.map((name) => [`${EXTENSIONS}/${name}.fdx`, { link: `/usr/lib/freeDiameter/${name}.fdx` }]);
  return Object.fromEntries(modules) as Files;
}

function daemon(component: string): Files {
  const unit = `[Unit]
Description=Open5GS ${component.toUpperCase()} stand-in

[Service]
Type=simple
User=open5gs
Group=open5gs
Restart=always
ExecStart=/usr/bin/open5gs-${component}d -c /etc/open5gs/${component}.yaml

[Install]
WantedBy=multi-user.target
`;
  return {
    [`usr/bin/open5gs-${component}d`]: { text: readFileSync(join(HERE, "daemon.sh"), "utf8"), mode: 0o755 },
    [`lib/systemd/system/open5gs-${component}d.service`]: { text: unit },
    // As packaged: not usable on any real site, so that a daemon that runs with it shows up.
    [`etc/open5gs/${component}.yaml`]: { text: `# as packaged\nSTAND-IN REFUSES\n${component}:\n` },
    ...(["mme", "smf", "pcrf"].includes(component)
      ? { [`etc/freeDiameter/${component}.conf`]: { text: "# as packaged\n" } }
      : {}),
    ...(component === "upf" ? { "etc/systemd/network/99-open5gs.network": { text: PACKAGED_NETWORK } } : {}),
  };
}

const PACKAGED_NETWORK = "[Match]\nName=ogstun\n[Network]\nAddress=10.45.0.1/16\n";

function buildPackage(folder: string, name: string, depends: string, files: Files, postinst?: string): void {
  const root = join(folder, `.build-${name}`);
  for (const [path, file] of Object.entries(files)) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    if ("link" in file) execFileSync("ln", ["-s", file.link, join(root, path)]);
    else writeFileSync(join(root, path), file.text);
    if (!("link" in file)) chmodSync(join(root, path), file.mode ?? 0o644);
  }
  mkdirSync(join(root, "DEBIAN"), { recursive: true });
  const control = `Package: ${name}\nVersion: ${VERSION}\nArchitecture: all\nMaintainer: wisptools <root@localhost>\nDepends: ${depends}\nDescription: stand-in for tests\n`;
  writeFileSync(join(root, "DEBIAN/control"), control);
  const conffiles = Object.keys(files).filter((path) => path.startsWith("etc/"));
  if (conffiles.length > 0)
    writeFileSync(join(root, "DEBIAN/conffiles"), conffiles.map((path) => `/${path}\n`).join(""));
  if (postinst) writeFileSync(join(root, "DEBIAN/postinst"), postinst, { mode: 0o755 });
  // The same bytes each time.
  const env = { ...process.env, SOURCE_DATE_EPOCH: "1750000000" };
  const options = ["--root-owner-group", "--build", root, join(folder, `${name}.deb`)];
  execFileSync("dpkg-deb", options, { stdio: "pipe", env });
  rmSync(root, { recursive: true });
}
