// A tenant of the running stack whose repository has the stand-ins of Open5GS beside the platform's packages, and one EPC of it.
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TenantId } from "@wisptools/core";
import { signIn } from "../../../scripts/dev/ready.ts";
import { publishPackage } from "../../../scripts/release/publishPackage.ts";
import { buildPackages, VERSION } from "../stand-in-packages/build.ts";
import type { Box } from "./box.ts";

type Environment = Record<string, string>;

/** What only an administrator of the platform may do, and what he may do in tenants that he made. */
export class Administrator {
  readonly url: string;
  readonly #env: Environment;
  readonly #token: string;

  private constructor(env: Environment, token: string) {
    this.url = env.WISPTOOLS_URL ?? "";
    this.#env = env;
    this.#token = token;
  }

  static async signIn(env: Environment): Promise<Administrator> {
    return new Administrator(env, await signIn(env, { email: "admin@platform.test", password: "wisptools-demo" }));
  }

  /** @throws Error unless the answer is a success. */
  async request<T>(method: string, path: string, body?: unknown): Promise<T> {
    const reply = await fetch(this.url + path, {
      method,
      // Commands in a box block this process, so a kept connection may be closed by now.
      headers: { ...this.headers, "content-type": "application/json", connection: "close" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await reply.text();
    if (!reply.ok) throw new Error(`${method} ${path}: HTTP ${reply.status} ${text.slice(0, 500)}`);
    return JSON.parse(text) as T;
  }

  get headers(): Record<string, string> {
    return { authorization: `Bearer ${this.#token}` };
  }

  /** A new tenant that has the stand-ins of Open5GS in the channel that EPCs follow. */
  async makeTenant(): Promise<TenantId> {
    const id = TenantId.parse(`tenant_c${randomBytes(6).toString("hex")}`);
    const realm = `${id.replace("_", "-")}.wisptools.test`;
    const plmn = { mcc: "999", mnc: "70" };
    await this.request("POST", "/api/tenants", { tenant_id: id, name: "Chroot", realm, plmn });
    const folder = mkdtempSync(join(tmpdir(), "stand-ins-"));
    try {
      buildPackages(folder);
      const publisher = { url: this.url, tenantId: id, headers: this.headers };
      for (const name of readdirSync(folder)) {
        const file = join(folder, name.replace(/\.deb$/, `_${VERSION}_all.deb`));
        renameSync(join(folder, name), file);
        await publishPackage(publisher, file, "stable");
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
    return id;
  }

  /** Makes this machine's stack reachable from the box, at the same addresses. */
  async letIn(box: Box): Promise<void> {
    await box.relay(Number(new URL(this.url).port));
    await box.relay(this.#storagePort);
  }

  get #storagePort(): number {
    return Number(this.#env.FIREBASE_STORAGE_EMULATOR_HOST?.split(":")[1]);
  }

  /** The stack of which nothing but repositories answers, unless `other` does. Returns its port, and what ends it. */
  async startFront(box: Box, other?: string): Promise<{ port: number; process: ChildProcess }> {
    const argv = [join(import.meta.dirname, "front.ts"), this.url, ...(other ? [other] : [])];
    const child = spawn(process.execPath, argv, { stdio: ["ignore", "pipe", "inherit"] });
    const port = await new Promise<number>((resolve, reject) => {
      child.stdout.once("data", (text) => resolve(Number(text)));
      child.once("exit", () => reject(new Error("the front ended")));
    });
    await box.relay(port);
    await box.relay(this.#storagePort);
    return { port, process: child };
  }
}

/** What a box of the tenant keeps. */
export interface Credentials {
  auth_code: string;
  api_key: string;
  secret_key: string;
}

export interface TenantRepository {
  tenantId: TenantId;
  keyring: string;
  credentials: Credentials;
}

export async function makeTenantRepository(administrator: Administrator): Promise<TenantRepository> {
  const tenantId = await administrator.makeTenant();
  const { armored } = await administrator.request<{ armored: string }>(
    "GET",
    `/api/epc-updates/gpg-key?tenant_id=${tenantId}`,
  );
  const tokens = `/api/tenants/${tenantId}/enrolment-tokens`;
  const { token } = await administrator.request<{ token: string }>("POST", tokens, { label: "chroot" });
  const box = { tenant_id: tenantId, enrollment_token: token, hardware_id: randomUUID(), serial_number: "C-1" };
  const credentials = await administrator.request<Credentials>("POST", "/api/epc/auto-register", {
    ...box,
    system_info: { hostname: "chroot" },
  });
  return { tenantId, keyring: armored, credentials };
}
