import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const Kept = z.object({
  identities: z.array(z.string()),
  certificatePem: z.string(),
  keyPem: z.string(),
  caPem: z.string(),
  expiresAt: z.coerce.date(),
});
export type OwnCertificate = z.infer<typeof Kept>;

type Issue = (identities: readonly string[], now: Date) => Promise<Omit<OwnCertificate, "identities">>;

/** Renewed when less than this is left. */
const RENEW_MS = 30 * 86_400_000;
const FILE = "certificate.json";

/**
 * The daemon's certificate for its Diameter identities: the one in the data folder, renewed by `issue` (the platform's authority) in its last 30 days. While the
 * cloud does not answer an old one serves until it expires.
 * @throws what `issue` throws when there is none that holds
 */
export async function ownCertificate(
  dataDir: string,
  identities: readonly string[],
  issue: Issue,
  now: Date,
): Promise<OwnCertificate> {
  const kept = read(dataDir, identities);
  const left = kept ? kept.expiresAt.getTime() - now.getTime() : 0;
  if (kept && left > RENEW_MS) return kept;
  try {
    const fresh = { identities: [...identities], ...(await issue(identities, now)) };
    const path = join(dataDir, FILE);
    writeFileSync(`${path}.new`, JSON.stringify(fresh), { mode: 0o600 });
    renameSync(`${path}.new`, path);
    return fresh;
  } catch (error) {
    if (kept && left > 0) return kept;
    throw error;
  }
}

/** The kept one, unless it is for other identities or can't be read. */
function read(dataDir: string, identities: readonly string[]): OwnCertificate | undefined {
  try {
    const kept = Kept.parse(JSON.parse(readFileSync(join(dataDir, FILE), "utf8")));
    return kept.identities.join() === identities.join() ? kept : undefined;
  } catch {
    return undefined;
  }
}
