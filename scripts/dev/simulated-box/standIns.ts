// Packages of which the simulated box needs no more than that they are installed.
import { gzipSync } from "node:zlib";
import { writePackage } from "@wisptools/core";

export interface StandIn {
  filename: string;
  control: string;
  content: Uint8Array;
}

/** 2026-01-01: the same package has the same bytes, so that a repository takes it twice. */
const TIME = 1_767_225_600;

function standIn(name: string, version: string, depends: string, files: Record<string, string> = {}): StandIn {
  const control = `Package: ${name}
Version: ${version}
Section: net
Priority: optional
Architecture: all
Maintainer: wisptools <root@localhost>
${depends ? `Depends: ${depends}\n` : ""}Description: stand-in for the simulated box
`;
  const content = writePackage({ control, files, time: TIME }, (bytes) => gzipSync(bytes, { level: 9 }));
  return { filename: `${name}_${version}_all.deb`, control, content };
}

/** A package of Debian's that ours depends on. */
export function debianStandIn(name: string): StandIn {
  return standIn(name, "1.0", "");
}

/** Open5GS as the demo tenants' repositories hold it. A unit that runs /bin/false is one that does not stay up. */
export function open5gsStandIns(version: string, program = "/bin/true"): StandIn[] {
  const common = standIn("open5gs-common", version, "", {
    "usr/lib/x86_64-linux-gnu/freeDiameter/dict_dcca_3gpp.fdx": "",
  });
  const daemons = ["mme", "sgwc", "sgwu", "smf", "upf", "pcrf"].map((name) =>
    standIn(`open5gs-${name}`, version, `open5gs-common (= ${version})`, {
      [`usr/lib/systemd/system/open5gs-${name}d.service`]: `[Unit]
Description=Open5GS ${name.toUpperCase()} stand-in

[Service]
ExecStart=${program}

[Install]
WantedBy=multi-user.target
`,
    }),
  );
  return [common, ...daemons];
}
