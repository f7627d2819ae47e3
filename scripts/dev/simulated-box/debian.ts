// The simulated box's Debian: a root folder of its own for the real apt and dpkg, and a mirror with what our packages depend on.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AGENT_DEPENDS } from "../../release/agentPackage.ts";
import { ROOT } from "../places.ts";
import { debianStandIn } from "./standIns.ts";

/** Left to apt, so that a deployment has something to install. */
const NOT_YET = ["iputils-ping", "snmpd"];
const FOLDERS =
  `etc/apt/apt.conf.d etc/apt/preferences.d etc/apt/sources.list.d etc/apt/trusted.gpg.d etc/apt/auth.conf.d
  var/lib/apt/lists/partial var/cache/apt/archives/partial var/log/apt var/lib/dpkg/info var/lib/dpkg/updates var/lib/dpkg/triggers
  run/systemd/timesync var/lib/simulated-box srv/debian`.split(/\s+/);

/** Makes `root` one on which the programs of simulated-box/bin run the real apt and dpkg, which then see nothing else. */
export function giveDebian(root: string): void {
  for (const folder of FOLDERS) mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, "etc/apt/simulated.conf"), aptConfiguration(root));
  writeFileSync(
    join(root, "etc/apt/sources.list.d/debian.sources"),
    `Types: deb\nURIs: file:${root}/srv/debian\nSuites: ./\nTrusted: yes\n`,
  );
  writeFileSync(join(root, "run/systemd/timesync/synchronized"), "");
  const names = [...new Set([...basePackages(), ...AGENT_DEPENDS])];
  const packages = names.map((name) => ({ name, ...debianStandIn(name) }));
  const installed = packages.filter(({ name }) => !NOT_YET.includes(name));
  const status = installed.map(({ control }) => control.replace("\n", "\nStatus: install ok installed\n"));
  writeFileSync(join(root, "var/lib/dpkg/status"), `${status.join("\n")}\n`);
  for (const { name } of installed) writeFileSync(join(root, `var/lib/dpkg/info/${name}.list`), "/.\n");
  const entries = packages.map(({ filename, control, content }) => {
    writeFileSync(join(root, "srv/debian", filename), content);
    const sha256 = createHash("sha256").update(content).digest("hex");
    return `${control}Filename: ./${filename}\nSize: ${content.length}\nSHA256: ${sha256}\n`;
  });
  writeFileSync(join(root, "srv/debian/Packages"), entries.join("\n"));
}

/** What deploy.sh asks for itself. */
function basePackages(): string[] {
  const steps = readFileSync(`${ROOT}/scripts/device/deploy.sh`, "utf8");
  const list = /^BASE_PACKAGES='([^']+)'/m.exec(steps)?.[1];
  if (!list) throw new Error("scripts/device/deploy.sh has no line BASE_PACKAGES='...'");
  return list.split(" ");
}

/** apt.conf(5): everything below the root, as whoever we are; nothing of this machine's own configuration. */
function aptConfiguration(root: string): string {
  return `Dir "${root}";
Dir::State::status "${root}/var/lib/dpkg/status";
APT::Sandbox::User "root";
APT::Get::Assume-Yes "true";
Acquire::Languages "none";
DPkg::Options { "--root=${root}"; "--force-not-root"; "--force-unsafe-io"; "--log=${root}/var/log/dpkg.log"; };
`;
}
