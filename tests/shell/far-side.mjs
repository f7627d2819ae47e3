// The far side of a device in tests that need a cloud that misbehaves: answers by files, writes down what it was asked.
// usage: node far-side.mjs FOLDER. Listens on a free port, named in FOLDER/port.
// FOLDER/replies/METHOD_path_with_underscores holds a JSON list of {status, headers, body | file, cut, certify}; the last repeats.
// certify: {days, identities, into, other} certifies the request's csr for so many days from now, for these identities, into the
// body or its field `into`; other: a key that is not the box's.
// FOLDER/authorities.json holds who certifies: a tenant's authority and the platform's.
// FOLDER/requests.ndjson gets each request: whether its signature holds for FOLDER/secret, and what the contract says of its body.
import { createHash, createHmac } from "node:crypto";
import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { api, DEVICE_HEADERS, signedText } from "../../packages/core/src/index.ts";
import { issueCertificate, newAuthority, newKeyPair } from "../../packages/store/src/certificate.ts";
import { readCertificateRequest } from "../../packages/store/src/certificateRequest.ts";

const folder = process.argv[2];
const served = new Map();

function signature(request, body) {
  const sent = request.headers[DEVICE_HEADERS.signature];
  if (sent === undefined) return "none";
  const header = (name) => request.headers[DEVICE_HEADERS[name]];
  const hash = createHash("sha256").update(body).digest("hex");
  const text = signedText(request.method, request.url, header("timestamp"), header("nonce"), hash);
  const secret = readFileSync(`${folder}/secret`, "utf8").trim();
  return createHmac("sha256", secret).update(text, "utf8").digest("hex") === sent ? "holds" : "wrong";
}

function contract(request, body) {
  const path = request.url.split("?")[0].replace(/\/epc_[0-9a-f]{16}\//, "/:epc_id/");
  const endpoint = Object.values(api).find((one) => one?.path === path && one.method === request.method.toLowerCase());
  if (!endpoint) return `no such endpoint: ${request.method} ${path}`;
  try {
    const result = endpoint.body.safeParse(body.length > 0 ? JSON.parse(body) : {});
    return result.success ? "ok" : JSON.stringify(result.error.issues);
  } catch (error) {
    return String(error);
  }
}

function nextReply(request) {
  const name = `${request.method}${request.url.split("?")[0].replaceAll("/", "_")}`;
  const file = `${folder}/replies/${name}`;
  if (!existsSync(file))
    return { status: 404, body: { success: false, error: { code: "not-found", message: `no ${name}` } } };
  const replies = JSON.parse(readFileSync(file, "utf8"));
  const turn = served.get(name) ?? 0;
  served.set(name, turn + 1);
  return replies[Math.min(turn, replies.length - 1)];
}

const names = ["far side tenant", "far side platform"];
const authorities = await Promise.all(names.map((name) => newAuthority(name, new Date())));
writeFileSync(`${folder}/authorities.json`, JSON.stringify(authorities));

async function certified(reply, body) {
  if (!reply.certify) return reply;
  const { days, identities, into, other } = reply.certify;
  const [tenant, platform] = authorities;
  const request = other ? (await newKeyPair()).request : await readCertificateRequest(JSON.parse(body).csr);
  const now = new Date(Date.now() + (days - 90) * 86_400_000);
  const { certificatePem, expiresAt } = await issueCertificate(tenant, request, identities, now);
  const fields = { certificate_pem: certificatePem, ca_pem: tenant.certificatePem + platform.certificatePem };
  const more = into ? { [into]: fields } : { success: true, ...fields, expires_at: expiresAt.toISOString() };
  return { ...reply, body: { ...reply.body, ...more } };
}

function answer(response, { status = 200, headers = {}, body = "", file, cut }) {
  const content = file
    ? readFileSync(`${folder}/${file}`)
    : Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
  const type = typeof body === "string" ? {} : { "content-type": "application/json" };
  response.writeHead(status, { ...type, "content-length": content.length, ...headers });
  if (!cut) return response.end(content);
  response.write(content.subarray(0, Math.floor(content.length / 2)), () => response.destroy());
}

const server = createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", async () => {
    const body = Buffer.concat(chunks);
    const seen = { method: request.method, url: request.url, headers: request.headers, body: body.toString("utf8") };
    appendFileSync(
      `${folder}/requests.ndjson`,
      `${JSON.stringify({ ...seen, signature: signature(request, body), contract: contract(request, body) })}\n`,
    );
    answer(response, await certified(nextReply(request), seen.body));
  });
});
server.listen(0, "127.0.0.1", () => {
  writeFileSync(`${folder}/port.new`, String(server.address().port));
  renameSync(`${folder}/port.new`, `${folder}/port`);
});
