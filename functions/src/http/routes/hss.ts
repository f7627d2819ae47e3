import { AppError, api } from "@wisptools/core";
import type { Router } from "express";
import type { Deps } from "../../deps.ts";
import { actOnSubscriber } from "../../operations/hss/actOnSubscriber.ts";
import {
  deleteApn,
  deleteGroup,
  deletePlan,
  putApn,
  putGroup,
  putPlan,
} from "../../operations/hss/catalogueEntries.ts";
import { createSubscriber } from "../../operations/hss/createSubscriber.ts";
import { deleteSubscriber } from "../../operations/hss/deleteSubscriber.ts";
import { putEquipment, removeEquipment } from "../../operations/hss/equipment.ts";
import { exportSubscribers } from "../../operations/hss/exportSubscribers.ts";
import { updateHssSettings } from "../../operations/hss/hssSettings.ts";
import { importRows } from "../../operations/hss/importRows.ts";
import { previewImport } from "../../operations/hss/previewImport.ts";
import { startImport } from "../../operations/hss/startImport.ts";
import { inputOf } from "../../operations/hss/subscriberInput.ts";
import { updateSubscriber } from "../../operations/hss/updateSubscriber.ts";
import { hssStats, mmeConnections, readCatalogue } from "../../operations/hss/viewHss.ts";
import { listSubscribers, readSubscriber, viewOf } from "../../operations/hss/viewSubscribers.ts";
import { Answer, bind } from "../bind.ts";
import type { Gate } from "../gate.ts";

const ok = { success: true } as const;

/** /api/hss/**: subscribers, what they may have, and how the HSS is doing. */
export function hssRoutes(router: Router, gate: Gate, deps: Deps): void {
  subscriberRoutes(router, gate, deps);
  bulkRoutes(router, gate, deps);
  catalogueRoutes(router, gate, deps);
  bind(router, gate, api.putEquipment, async (caller, { body }) => ({
    ...ok,
    ...(await putEquipment(deps, caller, body)),
  }));
  bind(router, gate, api.removeEquipment, async (caller, { params }) => {
    await removeEquipment(deps, caller, params.id);
    return ok;
  });
  bind(router, gate, api.updateHssSettings, async (caller, { body }) => {
    await updateHssSettings(deps, caller, body);
    return ok;
  });
  bind(router, gate, api.hssStats, async (caller) => ({ ...ok, ...(await hssStats(deps, caller)) }));
  bind(router, gate, api.mmeConnections, async (caller) => ({ ...ok, ...(await mmeConnections(deps, caller)) }));
}

function subscriberRoutes(router: Router, gate: Gate, deps: Deps): void {
  bind(router, gate, api.listSubscribers, async (caller, { query }) => {
    const { subscribers, next } = await listSubscribers(deps, caller, query);
    return { ...ok, subscribers, next_page_token: next ?? null };
  });
  bind(router, gate, api.readSubscriber, async (caller, { params }) =>
    one(200, await readSubscriber(deps, caller, params.imsi)),
  );
  bind(router, gate, api.createSubscriber, async (caller, { body: { imsi, ...body } }) =>
    one(201, viewOf(await createSubscriber(deps, caller, imsi, inputOf(body)))),
  );
  bind(router, gate, api.updateSubscriber, async (caller, { params, body: { revision, ...body }, header }) => {
    const expected = revisionOf(header("if-match"), revision);
    return one(200, viewOf(await updateSubscriber(deps, caller, params.imsi, inputOf(body), expected)));
  });
  bind(router, gate, api.deleteSubscriber, async (caller, { params, header }) => {
    await deleteSubscriber(deps, caller, params.imsi, revisionOf(header("if-match"), undefined));
    return ok;
  });
  bind(router, gate, api.actOnSubscriber, async (caller, { params, body }) => ({
    ...ok,
    command_id: await actOnSubscriber(deps, caller, params.imsi, body.action),
  }));
}

function bulkRoutes(router: Router, gate: Gate, deps: Deps): void {
  bind(router, gate, api.exportSubscribers, async (caller, { query: { format, page_token } }) => {
    const { text, next, leftOut } = await exportSubscribers(deps, caller, format, page_token);
    const type = format === "csv" ? "text/csv; charset=utf-8" : "application/x-ndjson; charset=utf-8";
    return new Answer(200, text, {
      "Content-Type": type,
      ...(next === undefined ? {} : { "X-Next-Page-Token": next }),
      ...(leftOut === 0 ? {} : { "X-Left-Out": String(leftOut) }),
    });
  });
  bind(router, gate, api.previewImport, async (caller, { body }) => ({
    ...ok,
    rows: await previewImport(deps, caller, body),
  }));
  bind(router, gate, api.startImport, async (caller, { body }) => {
    const { id, next } = await startImport(deps, caller, body);
    return { ...ok, import_id: id, next };
  });
  bind(router, gate, api.importRows, async (caller, { params, body }) => {
    const done = await importRows(deps, caller, params.import_id, body);
    const { next, created, updated, unchanged, failed, state } = done;
    return { ...ok, next, created, updated, unchanged, failed, finished: state === "finished" };
  });
}

function one(status: number, subscriber: ReturnType<typeof viewOf>): Answer {
  return new Answer(status, { ...ok, subscriber }, { ETag: `"${subscriber.revision}"` });
}

/** The revision of an If-Match header or of the body; of both, they must agree. */
function revisionOf(ifMatch: string | undefined, inBody: number | undefined): number | undefined {
  if (ifMatch === undefined || ifMatch.trim() === "*") return inBody;
  const named = /^\s*(?:W\/)?"(\d{1,15})"\s*$/.exec(ifMatch)?.[1];
  if (named === undefined) {
    throw new AppError("invalid-argument", "If-Match: must be the ETag of a reply", { field: "If-Match" });
  }
  if (inBody !== undefined && inBody !== Number(named)) {
    throw new AppError("invalid-argument", "revision: differs from If-Match", { field: "revision" });
  }
  return Number(named);
}

function withRevision<B extends { revision?: number | undefined }>(body: B, ifMatch: string | undefined): B {
  return { ...body, revision: revisionOf(ifMatch, body.revision) };
}

function catalogueRoutes(router: Router, gate: Gate, deps: Deps): void {
  bind(router, gate, api.readCatalogue, async (caller) => ({ ...ok, ...(await readCatalogue(deps, caller)) }));
  bind(router, gate, api.putPlan, async (caller, { params, body, header }) => ({
    ...ok,
    ...(await putPlan(deps, caller, params.id, withRevision(body, header("if-match")))),
  }));
  bind(router, gate, api.putGroup, async (caller, { params, body, header }) => ({
    ...ok,
    ...(await putGroup(deps, caller, params.id, withRevision(body, header("if-match")))),
  }));
  bind(router, gate, api.putApn, async (caller, { params, body, header }) => ({
    ...ok,
    ...(await putApn(deps, caller, params.id, withRevision(body, header("if-match")))),
  }));
  bind(router, gate, api.deletePlan, async (caller, { params }) => {
    await deletePlan(deps, caller, params.id);
    return ok;
  });
  bind(router, gate, api.deleteGroup, async (caller, { params }) => {
    await deleteGroup(deps, caller, params.id);
    return ok;
  });
  bind(router, gate, api.deleteApn, async (caller, { params }) => {
    await deleteApn(deps, caller, params.id);
    return ok;
  });
}
