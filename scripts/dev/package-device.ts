// npm run package:device [-- OPTIONS] [DEB...]: builds the .debs of ours into functions/lib/packages, and with --publish puts them, and
// the further .debs that are named, into a tenant's repository.
import { readdirSync } from "node:fs";
import { parseArgs } from "node:util";
import { agentPackageFolder } from "../release/agentPackage.ts";
import { buildKeyringPackage } from "../release/keyringPackage.ts";
import { publishPackage } from "../release/publishPackage.ts";
import { command } from "./lifetime.ts";
import { ROOT } from "./places.ts";

const USAGE = `usage: npm run package:device -- [--keyring FILE [--keyring-version VERSION]] [--publish --tenant TENANT --url URL [--channel CHANNEL]] [DEB...]
With --publish the environment has a key of the tenant's API: WISPTOOLS_API_KEY.`;

function options() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        keyring: { type: "string" },
        "keyring-version": { type: "string", default: "1.1" },
        publish: { type: "boolean", default: false },
        tenant: { type: "string" },
        url: { type: "string" },
        channel: { type: "string", default: "dev" },
      },
    });
    return { ...values, positionals };
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${USAGE}`, { cause: error });
  }
}

await command(async () => {
  const { keyring, tenant, url, channel, publish, positionals, ...rest } = options();
  const folder = agentPackageFolder(`${ROOT}/functions/lib/packages`);
  const built = readdirSync(folder).map((name) => `${folder}/${name}`);
  // Not into that folder, whose packages every tenant gets.
  if (keyring) built.push(buildKeyringPackage(`${ROOT}/.cache/keyring`, keyring, rest["keyring-version"]));
  for (const file of built) console.log(file);
  if (!publish) return 0;
  const apiKey = process.env.WISPTOOLS_API_KEY;
  if (!tenant || !url || !apiKey) throw new Error(USAGE);
  const publisher = { url: url.replace(/\/$/, ""), tenantId: tenant, headers: { "x-api-key": apiKey } };
  for (const file of [...built, ...positionals]) {
    await publishPackage(publisher, file, channel);
    console.log(`published in ${channel} of ${tenant}: ${file}`);
  }
  return 0;
});
