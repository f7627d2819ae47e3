import { randomInt } from "node:crypto";
import { paths, type RemsimTenantIdHolder, type TenantId } from "@wisptools/core";
import type { Write } from "@wisptools/store";
import type { Deps } from "../../deps.ts";

/** Numbers the first attempt draws from. */
const SMALL = 100;
const MOST = 2_147_483_647;

/** A small number that is likely free; each further attempt draws from eight times as many. No counter, on which all tenants would wait. */
export function drawTenantNumber(attempt: number): number {
  return randomInt(1, Math.min(MOST, SMALL * 8 ** Math.min(attempt, 9)) + 1);
}

/** Adds a tenant's hold on its integer id to a write, which fails when another tenant has it. */
export function takeTenantNumber(deps: Deps, write: Write, tenantId: TenantId, number: number): void {
  const holder: RemsimTenantIdHolder = { schemaVersion: 1, tenantId, createdAt: deps.now() };
  write.create(paths.remsimTenantId(number), holder);
}
