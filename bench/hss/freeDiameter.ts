// Debian's freeDiameterd as the named peer. Its package has no application that answers, so what is measured is the one
// request that it answers by itself: the watchdog. Ours is measured with the same.
import { execFileSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HSS, REALM } from "./subscribers.ts";

const PROGRAM = "/usr/bin/freeDiameterd";
const EXTENSIONS = "/usr/lib/freeDiameter";

/** The command that starts it on `port`, or undefined if it is not installed. */
export function freeDiameter(folder: string, port: number): string[] | undefined {
  if (!existsSync(PROGRAM) || !existsSync(`${EXTENSIONS}/acl_wl.fdx`)) return undefined;
  const [key, certificate] = [join(folder, "fd.key"), join(folder, "fd.crt")];
  const subject = ["-subj", `/CN=${HSS}`, "-keyout", key, "-out", certificate];
  execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", ...subject], {
    stdio: "pipe",
  });
  const acl = join(folder, "acl.conf");
  writeFileSync(acl, `ALLOW_IPSEC *.${REALM}\n`);
  const settings = [
    `Identity = "${HSS}";`,
    `Realm = "${REALM}";`,
    `Port = ${port};`,
    "SecPort = 0;",
    ...["No_SCTP;", "No_IPv6;"],
    'ListenOn = "127.0.0.1";',
    `TLS_Cred = "${certificate}", "${key}";`,
    `TLS_CA = "${certificate}";`,
    `LoadExtension = "${EXTENSIONS}/acl_wl.fdx" : "${acl}";`,
  ];
  const file = join(folder, "freeDiameter.conf");
  writeFileSync(file, `${settings.join("\n")}\n`);
  return [PROGRAM, "-q", "-q", "-c", file];
}
