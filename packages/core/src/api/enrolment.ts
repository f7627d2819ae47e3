import { z } from "zod";
import { ClaimId, EpcId, TenantId } from "../domain/ids.ts";
import { EpcParams, None, Ok, optionalText, text } from "./common.ts";
import { defineEndpoint } from "./endpoint.ts";

const optionalNumber = z.preprocess(
  (v) => (v === null || v === "" ? undefined : v),
  z.coerce.number().finite().min(0).optional(),
);

/** What a box says of itself. Unknown fields are ignored; lengths are bounded; device fields are snake_case. */
export const Registration = z.object({
  hardware_id: optionalText(128),
  mac_address: optionalText(64),
  serial_number: optionalText(128),
  system_info: z
    .object({ manufacturer: optionalText(128), product: optionalText(128), hostname: optionalText(253) })
    .default({}),
  network: z
    .object({
      primary_ip: optionalText(64),
      gateway: optionalText(64),
      interface: optionalText(32),
      netmask: optionalText(64),
      dns_servers: optionalText(256),
    })
    .default({}),
  os_info: z.object({ os_version: optionalText(128), kernel_version: optionalText(128) }).default({}),
  hardware: z
    .object({
      cpu_model: optionalText(128),
      cpu_cores: optionalNumber,
      memory_mb: optionalNumber,
      bios: optionalText(128),
      disks: z
        .array(z.object({ name: text(64), size_gb: optionalNumber, model: optionalText(128) }))
        .max(64)
        .default([]),
      nics: z
        .array(z.object({ name: text(32), mac: optionalText(64), speed_mbps: optionalNumber }))
        .max(64)
        .default([]),
    })
    .optional(),
  boot_time: optionalText(64),
  auto_provision: z.boolean().optional(),
  tenant_id: TenantId.optional(),
  enrollment_token: optionalText(256),
  /** Sent again by a box that waits for approval. */
  claim_id: ClaimId.optional(),
  claim_secret: optionalText(128),
  /** PEM certificate request for the Diameter client certificate. */
  csr: optionalText(8192),
});
export type Registration = z.infer<typeof Registration>;

export const Registered = z.object({
  success: z.literal(true),
  existing: z.boolean(),
  epc_id: EpcId,
  tenant_id: TenantId,
  auth_code: z.string(),
  api_key: z.string(),
  secret_key: z.string(),
  site_name: z.string(),
  network_config: z.object({
    mcc: z.string(),
    mnc: z.string(),
    tac: z.int(),
    apn: z.string(),
    dns_primary: z.string(),
    dns_secondary: z.string(),
  }),
  deployment_script_url: z.string(),
  deployment_script_sha256: z.string(),
  /** Armoured OpenPGP public key that signs this tenant's scripts; the device pins it at its first enrolment. */
  signing_key: z.string(),
  diameter: z.object({
    identity: z.string(),
    realm: z.string(),
    hss_identity: z.string(),
    hss_host: z.string(),
    hss_port: z.int(),
    /**
     * The EPC's certificate for the identities of its MME and SMF, and those it must trust: its own authority, which freeDiameter asks
     * for too, then that of the HSS and PCRF. Null without a csr.
     */
    certificate_pem: z.string().nullable(),
    ca_pem: z.string().nullable(),
  }),
  message: z.string(),
});
export type Registered = z.infer<typeof Registered>;

/** 202: repeat the same request with claim_id and claim_secret every poll_interval seconds. */
export const Waiting = z.object({
  success: z.literal(true),
  status: z.literal("pending"),
  claim_id: ClaimId,
  claim_secret: z.string(),
  /** Shown on the console and in the UI. */
  confirmation_code: z.string(),
  poll_interval: z.int(),
  message: z.string(),
});
export type Waiting = z.infer<typeof Waiting>;

/** 201 new EPC, 200 known EPC, 202 waits for an operator. */
export const autoRegister = defineEndpoint({
  method: "post",
  path: "/api/epc/auto-register",
  auth: { kind: "enrolment" },
  params: None,
  query: None,
  body: Registration,
  reply: z.union([Registered, Waiting]),
});

/** text/x-shellscript with ETag and X-Script-SHA256, X-Script-Version. Not JSON: bound by its own route. */
export const deploymentScript = defineEndpoint({
  method: "get",
  path: "/api/epc/:epc_id/deployment-script",
  auth: { kind: "device" },
  params: EpcParams,
  query: z.object({ version: z.coerce.number().int().min(1).optional() }),
  body: None,
  reply: z.string(),
});

/** The detached OpenPGP signature of the same version, armoured. */
export const deploymentScriptSignature = defineEndpoint({
  ...deploymentScript,
  path: "/api/epc/:epc_id/deployment-script.asc",
});

export const Progress = z.object({
  script_version: z.int().min(1),
  step: text(64),
  step_state: z.enum(["running", "succeeded", "unchanged", "failed"]),
  /** Of the whole run, 0 to 100. */
  percent: z.number().min(0).max(100),
  message: text(2000).default(""),
  /** Of the whole run. */
  state: z.enum(["running", "succeeded", "failed"]).default("running"),
});
export type Progress = z.infer<typeof Progress>;

export const progress = defineEndpoint({
  method: "post",
  path: "/api/epc/:epc_id/progress",
  auth: { kind: "device" },
  params: EpcParams,
  query: None,
  body: Progress,
  reply: Ok,
});

/** A device fetches fresh credentials, signed with those it has; the old ones hold until the new are first used. */
export const renewCredentials = defineEndpoint({
  method: "post",
  path: "/api/epc/:epc_id/credentials",
  auth: { kind: "device" },
  params: EpcParams,
  query: None,
  body: None,
  reply: z.object({ success: z.literal(true), auth_code: z.string(), api_key: z.string(), secret_key: z.string() }),
});

/** A device has its Diameter certificate renewed, or gets its first; the one before holds as well until it ends or yet another comes. */
export const renewCertificate = defineEndpoint({
  method: "post",
  path: "/api/epc/:epc_id/certificate",
  auth: { kind: "device" },
  params: EpcParams,
  query: None,
  body: z.strictObject({ csr: z.string().min(1, "must not be empty").max(8192) }),
  reply: z.object({
    success: z.literal(true),
    certificate_pem: z.string(),
    ca_pem: z.string(),
    expires_at: z.string(),
  }),
});
