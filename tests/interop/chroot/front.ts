// node front.ts STACK [OTHER]: the cloud as a box without luck sees it. The tenant's repository answers, from the running stack; all else is
// away, or goes to OTHER. Prints its port.
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

const [stack = "", other] = process.argv.slice(2);

const server = createServer((asked, answer) => {
  const origin = asked.url?.startsWith("/apt/") ? stack : other;
  if (!origin) {
    answer.writeHead(503).end();
    return;
  }
  const { hostname, port } = new URL(origin);
  const headers = { ...asked.headers, host: `${hostname}:${port}`, connection: "close" };
  const passed = request({ hostname, port, path: asked.url, method: asked.method, headers }, (reply) => {
    answer.writeHead(reply.statusCode ?? 502, reply.headers);
    reply.pipe(answer);
  });
  passed.on("error", () => answer.writeHead(502).end());
  asked.pipe(passed);
});
server.listen(0, "127.0.0.1", () => console.log((server.address() as AddressInfo).port));
