import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isLoopback, isPublicAddress } from "@wisptools/core";
import { afterEach, describe, expect, it } from "vitest";
import { post } from "./post.ts";
import { localReach, publicReach, type WebhookReach } from "./reach.ts";

const open: Server[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => new Promise((done) => server.close(done))));
});

async function listening(server: Server, host = "127.0.0.1", port = 0): Promise<number> {
  open.push(server);
  await new Promise<void>((ready) => server.listen(port, host, ready));
  return (server.address() as AddressInfo).port;
}

interface Receiver {
  port: number;
  url: string;
  bodies: string[];
  headers: Record<string, unknown>[];
}

/** A receiver that keeps what it got, and answers as it is told. */
async function receiver(answer: RequestListener, host = "127.0.0.1", at = 0): Promise<Receiver> {
  const bodies: string[] = [];
  const headers: Record<string, unknown>[] = [];
  const server = createServer(async (request, response) => {
    headers.push(request.headers);
    bodies.push((await request.toArray()).join(""));
    answer(request, response);
  });
  const port = await listening(server, host, at);
  return { port, url: `http://${host}:${port}/hook`, bodies, headers };
}

const fine: RequestListener = (_request, response) => response.writeHead(204).end();
const named = (addresses: string[], mayReach = isPublicAddress): WebhookReach => ({
  local: true,
  mayReach,
  resolve: async () => addresses,
});

describe("an answer", () => {
  it("of 2xx is a success, and the receiver got body and headers as given", async () => {
    const { url, bodies, headers } = await receiver(fine);
    expect(await post(localReach, url, { "webhook-id": "evt_1" }, "grüße")).toEqual({ status: 204 });
    expect(bodies).toEqual(["grüße"]);
    expect(headers[0]).toMatchObject({ "webhook-id": "evt_1", "content-length": "7" });
  });

  it.each([
    [400, "no such thing", "answered 400: no such thing"],
    [500, "", "answered 500"],
    [503, "a\u0000b\u001b[31m\n\tc\u202e", "answered 503: a b [31m c"],
  ])("of %d is a failure that says so", async (status, said, error) => {
    const { url } = await receiver((_request, response) => response.writeHead(status).end(said));
    expect(await post(localReach, url, {}, "x")).toEqual({ status, error });
  });

  it.each([301, 302, 303, 307, 308])("of %d is a failure: nobody follows it", async (status) => {
    const inside = await receiver(fine);
    const { url } = await receiver((_request, response) => response.writeHead(status, { location: inside.url }).end());
    const posted = await post(localReach, url, {}, "x");
    expect(posted).toEqual({ status, error: `answered with a redirect to ${inside.url}; redirects are not followed` });
    expect(inside.bodies).toEqual([]);
  });

  it.each([200, 500])("of %d without end is read for its beginning alone", async (status) => {
    const { url } = await receiver((_request, response) => {
      response.writeHead(status);
      const more = setInterval(() => response.write("x".repeat(4096)), 1);
      response.on("close", () => clearInterval(more));
    });
    const posted = await post(localReach, url, {}, "x");
    expect(posted).toEqual(status === 200 ? { status } : { status, error: `answered 500: ${"x".repeat(200)}` });
  });

  it("that never comes is a failure after five seconds", async () => {
    const { url } = await receiver(() => {});
    expect(await post(localReach, url, {}, "x")).toEqual({ error: "no answer within 5 s" });
  }, 20_000);

  it("that trickles is cut after five seconds", async () => {
    const server = createServer((request) => {
      const more = setInterval(() => request.socket.write("x"), 200);
      request.socket.on("close", () => clearInterval(more)).write("HTTP/1.1 ");
    });
    const port = await listening(server);
    expect((await post(localReach, `http://127.0.0.1:${port}/`, {}, "x")).error).toBeDefined();
  }, 20_000);
});

describe("a connection", () => {
  it("that is refused, or cut, is a failure", async () => {
    const { port } = await receiver(fine);
    await new Promise((done) => open.pop()?.close(done));
    expect(await post(localReach, `http://127.0.0.1:${port}/`, {}, "x")).toEqual({
      error: "the connection was refused",
    });
    const cut = await listening(createServer((request) => request.socket.destroy()));
    expect(await post(localReach, `http://127.0.0.1:${cut}/`, {}, "x")).toEqual({ error: "the connection was cut" });
  });

  it("to a name that does not exist is a failure", async () => {
    const lost: WebhookReach = {
      ...publicReach,
      resolve: () => Promise.reject(Object.assign(new Error("x"), { code: "ENOTFOUND" })),
    };
    expect(await post(lost, "https://nowhere.example/", {}, "x")).toEqual({
      error: "the host name could not be resolved",
    });
    expect((await post(named([]), "http://hooks.example/", {}, "x")).error).toBe("hooks.example has no address");
  });
});

describe("over TLS", () => {
  const folder = mkdtempSync(join(tmpdir(), "post-"));
  const [keyFile, certFile] = [join(folder, "key"), join(folder, "cert")];
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
  const subject = ["-subj", "/CN=hooks.example", "-addext", "subjectAltName=DNS:hooks.example"];
  execFileSync(
    "openssl",
    ["req", "-x509", ...curve, "-nodes", "-keyout", keyFile, "-out", certFile, "-days", "2", ...subject],
    { stdio: "pipe" },
  );
  const key = readFileSync(keyFile, "utf8");
  const cert = readFileSync(certFile, "utf8");
  rmSync(folder, { recursive: true });
  const trusting = { ...named(["127.0.0.1"], isLoopback), authority: cert };

  it("a certificate that is trusted and fits the name is a success", async () => {
    const port = await listening(createTlsServer({ key, cert }, fine));
    expect(await post(trusting, `https://hooks.example:${port}/`, {}, "x")).toEqual({ status: 204 });
  });

  it("one that is not trusted, or of another name, is a failure", async () => {
    const bodies: unknown[] = [];
    const port = await listening(
      createTlsServer({ key, cert }, (request, response) => bodies.push(fine(request, response))),
    );
    const unknown = await post(named(["127.0.0.1"], isLoopback), `https://hooks.example:${port}/`, {}, "x");
    expect(unknown.error).toMatch(/self-signed/);
    expect((await post(trusting, `https://other.example:${port}/`, {}, "x")).error).toMatch(/altname/i);
    expect(bodies).toEqual([]);
  });
});

describe("addresses that are not public", () => {
  it.each([
    "127.0.0.1",
    "2130706433",
    "0x7f.1",
    "0177.0.0.1",
    "127.1",
    "0",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
  ])("%s is not connected to", async (host) => {
    const inside = await receiver(fine, "0.0.0.0");
    const posted = await post(publicReach, `http://${host}:${inside.port}/`, {}, "x");
    expect(posted.error).toMatch(/private or special address/);
    expect(inside.bodies).toEqual([]);
  });

  it.each([
    [["127.0.0.1"]],
    [["10.0.0.1"]],
    [["169.254.169.254"]],
    [["fe80::1"]],
    [["fd00:ec2::254"]],
    [["::1"]],
    [["::ffff:127.0.0.1"]],
    [["64:ff9b::7f00:1"]],
    [["8.8.8.8", "127.0.0.1"]],
    [["127.0.0.1", "8.8.8.8"]],
    [["not an address"]],
  ])("a name that leads to %s is not connected to", async (addresses) => {
    const inside = await receiver(fine, "0.0.0.0");
    const posted = await post(named(addresses), `http://hooks.example:${inside.port}/`, {}, "x");
    expect(posted.error).toMatch(/hooks\.example leads to .* private or special address/);
    expect(inside.bodies).toEqual([]);
  });

  it("localhost, by the system's own resolver, is not connected to", async () => {
    const inside = await receiver(fine);
    const { resolve } = localReach;
    const posted = await post({ ...publicReach, resolve }, `http://localhost:${inside.port}/`, {}, "x");
    expect(posted.error).toMatch(/private or special address/);
    expect(inside.bodies).toEqual([]);
  });

  it("localhost, by the DNS, is not connected to, whatever that says of it", async () => {
    const inside = await receiver(fine);
    const posted = await post(publicReach, `http://localhost:${inside.port}/`, {}, "x");
    expect(posted.error).toMatch(/could not be resolved|private or special address/);
    expect(inside.bodies).toEqual([]);
  });

  it("a name that changes its mind after the check gains nothing: the address checked is the address connected to", async () => {
    const inside = await receiver(fine);
    const outside = await receiver(fine, "127.0.0.2", inside.port); // stands for a public host
    const answers = [["127.0.0.2"], ["127.0.0.1"], ["127.0.0.1"]];
    let asked = 0;
    const rebinding: WebhookReach = {
      local: true,
      mayReach: (address) => address === "127.0.0.2",
      resolve: async () => answers[asked++] ?? [],
    };
    const url = `http://rebind.example:${inside.port}/`;
    expect(await post(rebinding, url, {}, "x")).toEqual({ status: 204 });
    expect(asked).toBe(1);
    expect((await post(rebinding, url, {}, "x")).error).toMatch(/leads to 127\.0\.0\.1/);
    expect([outside.bodies, inside.bodies]).toEqual([["x"], []]);
  });
});
