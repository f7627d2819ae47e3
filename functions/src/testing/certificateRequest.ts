import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const P256 = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];

/** A certificate request as a box makes it, with the key behind it. */
export function certificateRequest(algorithm: string[] = P256): { csr: string; keyPem: string } {
  const folder = mkdtempSync(join(tmpdir(), "csr-"));
  try {
    const key = join(folder, "key");
    execFileSync("openssl", ["genpkey", ...algorithm, "-out", key], { stdio: "pipe" });
    const csr = execFileSync("openssl", ["req", "-new", "-key", key, "-subj", "/CN=hss.wisptools.local"], {
      encoding: "utf8",
      stdio: "pipe",
    });
    return { csr, keyPem: readFileSync(key, "utf8") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
