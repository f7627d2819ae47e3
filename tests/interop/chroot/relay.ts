// Carries a TCP port of this machine into a box's network namespace, over a socket file that both see.
// Two processes, as tests block their own while a command runs: node relay.ts out SOCKET PORT takes connections to the
// socket file out to the port; inside the namespace, node relay.ts in SOCKET PORT takes those to the port to the file.
import { connect, createServer, type Socket } from "node:net";

function join(a: Socket, b: Socket): void {
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    from.on("error", () => to.destroy());
    from.pipe(to);
  }
}

const [direction, socket = "", port = ""] = process.argv.slice(2);
const ready = () => console.log("listening");
if (direction === "out")
  createServer((inside) => join(inside, connect(Number(port), "127.0.0.1"))).listen(socket, ready);
else createServer((inside) => join(inside, connect(socket))).listen(Number(port), "127.0.0.1", ready);
