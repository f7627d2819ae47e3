import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { removeFolder, temporaryFolder } from "../../mirror/testing/mirrors.ts";
import { remsimLog } from "../logs.ts";
import { EdgeUnderTest } from "../testing/edgeUnderTest.ts";
import { json, StandInCloud } from "../testing/standInCloud.ts";
import { TlsFilesWatch } from "./tlsFilesWatch.ts";

let folder: string;
let cloud: StandInCloud;
let edge: EdgeUnderTest;

const openssl = (...args: string[]): void => {
  execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
};
const KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
const file = (name: string): string => join(folder, name);

beforeAll(() => {
  folder = temporaryFolder();
  for (const ca of ["ours", "theirs"]) {
    openssl("req", "-x509", ...KEY, "-days", "2", "-subj", `/CN=${ca}`, "-keyout", `${ca}.key`, "-out", `${ca}.crt`);
  }
  for (const [name, ca] of [
    ["edge", "ours"],
    ["router", "ours"],
    ["stranger", "theirs"],
  ]) {
    writeFileSync(file(`${name}.ext`), "subjectAltName=DNS:edge.test\n");
    openssl("req", ...KEY, "-subj", `/CN=${name}`, "-keyout", `${name}.key`, "-out", `${name}.csr`);
    const signing = ["-CA", `${ca}.crt`, "-CAkey", `${ca}.key`, "-CAcreateserial", "-days", "2"];
    openssl("x509", "-req", "-in", `${name}.csr`, ...signing, "-extfile", `${name}.ext`, "-out", `${name}.crt`);
  }
});
afterAll(() => removeFolder(folder));

beforeEach(async () => {
  cloud = await new StandInCloud().start();
  cloud.answer = () => json(200, { status: "success" });
  const files = { cert: file("edge.crt"), key: file("edge.key"), ca: file("ours.crt") };
  edge = await new EdgeUnderTest(cloud.url, join(folder, "data"), files).start();
});
afterEach(async () => {
  await edge.stop();
  await cloud.cut();
});

/** @returns the status. */
function discover(own: string | undefined): Promise<number | undefined> {
  const material = own ? { cert: readFileSync(file(`${own}.crt`)), key: readFileSync(file(`${own}.key`)) } : {};
  return new Promise((resolve, reject) => {
    request({
      ...{
        host: "127.0.0.1",
        port: edge.port,
        servername: "edge.test",
        ca: readFileSync(file("ours.crt")),
        ...material,
      },
      ...{ path: "/api/backend/v1/remsim/discover", auth: "router1:secret", agent: false },
    })
      .on("response", (response) => resolve(response.resume().statusCode))
      .on("error", reject)
      .end();
  });
}

it("serves clients with a certificate of the authority", async () => {
  expect(await discover("router")).toBe(200);
  expect(cloud.seen[0]?.headers.authorization).toMatch(/^Basic /);
});

it.each([[undefined], ["stranger"]])("lets nobody in with the certificate %s", async (own) => {
  await expect(discover(own)).rejects.toThrow();
  expect(cloud.seen).toEqual([]);
});

it("reads files again when they were replaced, and keeps the old ones while they are broken", () => {
  const [cert, key, ca] = ["a.crt", "a.key", "a.ca"].map(file) as [string, string, string];
  for (const each of [cert, key, ca]) writeFileSync(each, "one");
  const events: string[] = [];
  const watch = new TlsFilesWatch(
    { cert, key, ca },
    remsimLog((_, event) => events.push(event)),
  );
  const taken: string[] = [];
  const look = () => watch.look((material) => taken.push(material.cert.toString()));
  expect(watch.read().key.toString()).toBe("one");
  look();
  expect(taken).toEqual([]);
  writeFileSync(cert, "second");
  watch.look(() => {
    throw new Error("the key does not fit");
  });
  look();
  look();
  expect(taken).toEqual(["second"]);
  expect(events).toEqual(["remote-SIM certificate not read again", "remote-SIM certificate read again"]);
});
