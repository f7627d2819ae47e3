import {
  AppError,
  type AptPackage,
  type api,
  objects,
  type PackageUpload,
  packageFilename,
  packageStanza,
  paths,
  type TenantId,
  UploadId,
} from "@wisptools/core";
import { type ObjectState, type Stored, UPLOAD_URL_DAYS, untilUncontended } from "@wisptools/store";
import type { MemberCaller } from "../../caller.ts";
import type { Deps } from "../../deps.ts";
import { log } from "../../logs.ts";
import { type Actor, audit } from "../audit.ts";
import { randomHex } from "../secrets.ts";
import { type Inspected, inspectPackage } from "./inspectPackage.ts";

const DAY_MS = 24 * 3_600_000;
/** The record of an upload outlives its URL by so much, for those who ask what became of it. */
const KEPT_DAYS = 30;
export const DEB_TYPE = "application/vnd.debian.binary-package";

type BeginInput = typeof api.beginUpload.body._zod.output;

/** A place for one .deb: PUT it to the URL, then finalise. `origin`: the page that will send it, if one will. */
export async function beginUpload(
  deps: Deps,
  caller: MemberCaller,
  input: BeginInput,
  origin: string | undefined,
): Promise<{ id: UploadId; url: string; expiresAt: Date }> {
  const { tenantId } = caller;
  const id = UploadId.parse(`upl_${randomHex(16)}`);
  const now = deps.now();
  const page = origin !== undefined && /^https?:\/\/[A-Za-z0-9.:[\]-]{1,255}$/.test(origin) ? origin : undefined;
  const name = objects.packageUpload(tenantId, id);
  const url = await deps.store.objects.resumableUploadUrl(name, input.size, DEB_TYPE, page);
  const upload: PackageUpload = {
    schemaVersion: 1,
    id,
    tenantId,
    filename: input.filename,
    size: input.size,
    state: "open",
    createdAt: now,
    createdBy: caller.actorName,
    expireAt: new Date(now.getTime() + KEPT_DAYS * DAY_MS),
  };
  await deps.store.write().create(paths.packageUpload(tenantId, id), upload).commit();
  return { id, url, expiresAt: new Date(now.getTime() + UPLOAD_URL_DAYS * DAY_MS) };
}

/** Checks what was uploaded and takes it into the pool. Repeating it gives the same package; what is refused is deleted and says why again. */
export async function finaliseUpload(deps: Deps, caller: MemberCaller, uploadId: UploadId): Promise<AptPackage> {
  const { tenantId } = caller;
  const upload = await deps.store.packageUploads.need("upload", tenantId, uploadId);
  const ended = await outcome(deps, upload.data);
  if (ended) return ended;
  const name = objects.packageUpload(tenantId, uploadId);
  const object = await deps.store.objects.state(name);
  if (!object) {
    const again = await deps.store.packageUploads.need("upload", tenantId, uploadId);
    const raced = await outcome(deps, again.data); // the same request a moment before
    if (raced) return raced;
    throw new AppError("failed-precondition", "nothing was uploaded yet: PUT the package to the upload_url first", {
      reason: "upload_missing",
    });
  }
  try {
    const inspected = await inspect(deps, upload.data, object);
    const kept = await keep(deps, caller, upload, object, inspected);
    await deps.store.objects.delete(name);
    return kept;
  } catch (error) {
    const refusal = error instanceof AppError ? refusalOf(error) : undefined;
    if (refusal) await refuse(deps, upload.data, refusal);
    throw error;
  }
}

interface Refusal {
  reason: string;
  refusal: NonNullable<PackageUpload["refusal"]>;
}

/** Words on the package itself; undefined for any other failure, which may pass, and the upload stays. */
function refusalOf({ code, field, message }: AppError): Refusal | undefined {
  if (code !== "invalid-argument" && code !== "already-exists") return undefined;
  return { reason: message.slice(0, 1000), refusal: { code, ...(field === undefined ? {} : { field }) } };
}

/** What became of an upload that is at its end. */
async function outcome(deps: Deps, upload: PackageUpload): Promise<AptPackage | undefined> {
  if (upload.state === "open") return undefined;
  if (upload.state === "refused") {
    const { code = "invalid-argument", field } = upload.refusal ?? {};
    throw new AppError(code, upload.reason ?? "the package was refused", field === undefined ? {} : { field });
  }
  if (!upload.packageId) throw new Error(`upload ${upload.id} is done without a package`);
  return (await deps.store.packages.need("the uploaded package", upload.tenantId, upload.packageId)).data;
}

async function inspect(deps: Deps, upload: PackageUpload, object: ObjectState): Promise<Inspected> {
  if (object.size !== upload.size) {
    throw fault("size", `${object.size} octets were uploaded, not the ${upload.size} that were announced`);
  }
  const name = objects.packageUpload(upload.tenantId, upload.id);
  const stream = deps.store.objects.read(name, object);
  try {
    const inspected = await inspectPackage(stream, object.size);
    checkFilename(upload.filename, inspected);
    return inspected;
  } finally {
    stream.destroy();
  }
}

function fault(field: string, message: string): AppError {
  return new AppError("invalid-argument", `${field}: ${message}`, { field });
}

/** A file may be named with or without the version's epoch, and with escapes for what file systems dislike. */
function checkFilename(filename: string, { control }: Inspected): void {
  const canonical = packageFilename(control);
  const plain = filename.replace(/%3a/gi, ":").replace(/%2b/gi, "+").replace(/%7e/gi, "~");
  if (plain !== canonical && plain !== `${control.id}.deb`) {
    throw fault("filename", `is ${filename}, but the package in it is ${canonical}`);
  }
}

/**
 * The pool's object first, then the document that makes it a package of the tenant. Neither while the package is being deleted; a deletion
 * that ended in between may have taken the object.
 */
async function keep(
  deps: Deps,
  actor: Actor,
  upload: Stored<PackageUpload>,
  object: ObjectState,
  inspected: Inspected,
): Promise<AptPackage> {
  const { tenantId, id } = upload.data;
  const file = objects.poolFile(tenantId, inspected.sha256);
  const copy = async () => deps.store.objects.copy(objects.packageUpload(tenantId, id), object, file, DEB_TYPE);
  const kept = await untilUncontended(async (attempt) => {
    const latest = attempt === 0 ? upload : await deps.store.packageUploads.need("upload", tenantId, id);
    const raced = await outcome(deps, latest.data);
    if (raced) return raced;
    const existing = (await deps.store.packages.get(tenantId, inspected.control.id))?.data;
    if (existing) checkSame(existing, inspected);
    await copy();
    const kept = existing ?? packageOf(deps, tenantId, actor, inspected);
    const write = deps.store.write();
    write.update(latest, { state: "done", packageId: kept.id });
    if (!existing) {
      write.create(paths.package(tenantId, kept.id), kept);
      audit(deps, write, tenantId, actor, {
        action: "repository.upload",
        target: kept.id,
        summary: `uploaded ${kept.id}, SHA-256 ${kept.sha256}`,
      });
    }
    await write.commit();
    return kept;
  });
  if (!(await deps.store.objects.state(file))) await copy();
  return kept;
}

/** The same name, version and architecture is the same package for good. */
export function checkSame(existing: AptPackage, inspected: Inspected): void {
  if (existing.deleting) {
    throw new AppError("failed-precondition", `${existing.id} is being deleted; delete it again, then upload it`, {
      reason: "package_deleting",
    });
  }
  if (existing.sha256 !== inspected.sha256) {
    throw new AppError("already-exists", `${existing.id} exists with other content; a change needs a new version`);
  }
}

export function packageOf(deps: Deps, tenantId: TenantId, actor: Actor, { control, ...file }: Inspected): AptPackage {
  const { id, name, version, architecture, summary, maintainer } = control;
  return {
    schemaVersion: 1,
    id,
    tenantId,
    name,
    version,
    architecture,
    ...file,
    summary,
    maintainer,
    stanza: packageStanza(control, file),
    uploadedAt: deps.now(),
    uploadedBy: actor.actorName,
  };
}

async function refuse(deps: Deps, { tenantId, id }: PackageUpload, refusal: Refusal): Promise<void> {
  log.packageRefused({ tenantId, uploadId: id, reason: refusal.reason });
  await deps.store
    .write()
    .patch(paths.packageUpload(tenantId, id), { state: "refused", ...refusal })
    .commit();
  await deps.store.objects.delete(objects.packageUpload(tenantId, id));
}
