// npm run doctor: what is there, what is missing, and how to get it. Changes nothing.
import { execFileSync } from "node:child_process";
import { findJars } from "./emulators/binaries.ts";
import { command } from "./lifetime.ts";
import { NEXT_OFFSET, offsetFromEnvironment, portsAt, portsUsed, SERVICES, takenPorts } from "./ports.ts";
import { findProgram, requirements } from "./requirements.ts";

type Finding = { ok: boolean; what: string; hint?: string };

function versionOf(program: string, ...args: string[]): string | undefined {
  try {
    return execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] })
      .trim()
      .split("\n")[0];
  } catch {
    return undefined;
  }
}

function node(): Finding[] {
  const npm = versionOf("npm", "--version");
  const major = Number(process.versions.node.split(".")[0]);
  return [
    {
      ok: major === 24,
      what: `Node ${process.versions.node}`,
      hint: "scripts run on the Node of node_modules: npm ci",
    },
    { ok: npm !== undefined, what: `npm ${npm ?? "missing"}`, hint: "install Node.js 20 or newer with npm" },
  ];
}

function java(): Finding {
  // `java --version` prints "openjdk 17.0.15 ..." to standard output.
  const line = versionOf("java", "--version") ?? "missing";
  const major = Number(/\d+/.exec(line)?.[0] ?? 0);
  return { ok: major >= 17, what: `Java: ${line}`, hint: "apt-get install default-jdk-headless (17 or newer)" };
}

function programs(): Finding[] {
  return requirements().map(({ programs: names, package: debian, commands }) => {
    const found = findProgram(...names);
    const hint = `apt-get install ${debian} (for: ${commands.join(", ")})`;
    return { ok: found !== undefined, what: `${names[0]}: ${found ?? "missing"}`, hint };
  });
}

function emulators(): Finding[] {
  const jars = findJars();
  const own = "not in a Google Cloud SDK; firebase-tools will download its own at first start (needs internet)";
  return [
    { ok: true, what: `Firestore emulator and storage rules: ${jars.firestore ?? own}` },
    { ok: true, what: `Pub/Sub emulator: ${jars.pubsub ?? own}` },
  ];
}

async function ports(): Promise<Finding> {
  const offset = offsetFromEnvironment();
  const taken = await takenPorts(portsUsed(portsAt(offset), SERVICES));
  const list = taken.map(([name, port]) => `${port} (${name})`).join(", ");
  const what = taken.length === 0 ? `the emulators' ports are free (offset ${offset})` : `taken: ${list}`;
  return {
    ok: taken.length === 0,
    what,
    hint: `stop what uses them, or WISPTOOLS_PORT_OFFSET=${offset + NEXT_OFFSET}`,
  };
}

await command(async () => {
  const findings = [...node(), java(), ...programs(), ...emulators(), await ports()];
  for (const { ok, what, hint } of findings)
    console.log(`${ok ? "ok     " : "MISSING"} ${what}${ok ? "" : `\n        ${hint}`}`);
  return findings.every(({ ok }) => ok) ? 0 : 1;
});
