import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { expect, it, vi } from "vitest";
import { log } from "../logs.ts";
import { logRemsimRequest } from "./logRemsimRequest.ts";

it("tells of a router that hung up before it was answered", async () => {
  const lines = vi.spyOn(log, "remsimRequest").mockReturnValue(undefined);
  const app = express();
  const endpoint = { method: "delete", path: "/unregister/:client_id" };
  app.delete(endpoint.path, (asked, response) => {
    response.locals.requestId = "r1";
    logRemsimRequest(endpoint, asked, response, () => undefined);
    hangUp();
  });
  const server = createServer(app).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const outgoing = request({ port, host: "127.0.0.1", method: "DELETE", path: "/unregister/vm-slot0" });
  const hangUp = () => outgoing.destroy();
  outgoing.on("error", () => {}); // its own hanging up
  outgoing.end();
  await vi.waitFor(() => expect(lines).toHaveBeenCalledTimes(1), { timeout: 10_000 });
  expect(lines).toHaveBeenCalledWith({
    requestId: "r1",
    endpoint: "DELETE /unregister/:client_id",
    tenantId: null,
    credentialId: null,
    clientId: "vm-slot0",
    status: null,
    outcome: "hung up",
  });
  server.close();
  lines.mockRestore();
});
