// npm run with-stack -- [--only auth,functions,...] [--no-seed] [--] COMMAND [ARGS]: COMMAND beside running emulators.
import { buildFor } from "./build.ts";
import { command } from "./lifetime.ts";
import { SERVICES, type Service } from "./ports.ts";
import { run } from "./processes.ts";
import { startStack } from "./stack.ts";

export type Arguments = { only: readonly Service[]; seed: boolean; argv: string[] };

export function parseArguments(argv: string[]): Arguments {
  const parsed: Arguments = { only: SERVICES, seed: true, argv: [] };
  const rest = [...argv];
  while (rest[0]?.startsWith("--") && rest[0] !== "--") {
    const option = rest.shift();
    if (option === "--no-seed") parsed.seed = false;
    else if (option === "--only") parsed.only = parseServices(rest.shift() ?? "");
    else throw new Error(`with-stack does not know ${option}; it has --only and --no-seed`);
  }
  if (rest[0] === "--") rest.shift();
  if (rest.length === 0) throw new Error("usage: npm run with-stack -- [--only auth,firestore,...] -- COMMAND [ARGS]");
  return { ...parsed, argv: rest };
}

function parseServices(list: string): Service[] {
  return list.split(",").map((name) => {
    const service = SERVICES.find((known) => known === name);
    if (!service) throw new Error(`no emulator is called "${name}"; there are ${SERVICES.join(", ")}`);
    return service;
  });
}

if (import.meta.main) {
  await command(async () => {
    const { only, seed, argv } = parseArguments(process.argv.slice(2));
    await buildFor(only);
    const stack = await startStack({ only, seed });
    const status = await run(argv, { env: stack.env });
    await stack.stop();
    return status;
  });
}
