// node naive.ts PORT: the least that can answer: it neither reads nor checks requests, and sends one prepared AIA back with
// the identifiers and the Session-Id of the request copied in. What any server in JavaScript could reach at most.
import { createServer } from "node:net";
import { avp } from "../../daemon/src/diameter/codec/avpDefinition.ts";
import { encodeMessage } from "../../daemon/src/diameter/codec/message.ts";
import * as base from "../../daemon/src/diameter/dictionary/base.ts";
import { APPLICATION, COMMAND } from "../../daemon/src/diameter/dictionary/commands.ts";
import { THREEGPP } from "../../daemon/src/diameter/dictionary/define.ts";
import * as s6a from "../../daemon/src/diameter/dictionary/s6a.ts";
import { HSS, REALM } from "./subscribers.ts";

const HEADER = 20;
const origin = [avp(base.OriginHost, HSS), avp(base.OriginRealm, REALM)];
const header = { flags: { proxiable: true }, hopByHop: 0, endToEnd: 0 };
const cea = encodeMessage({ ...header, commandCode: COMMAND.CAPABILITIES_EXCHANGE, applicationId: 0, flags: {} }, [
  avp(base.ResultCode, 2001),
  ...origin,
  avp(base.HostIpAddress, "127.0.0.1"),
  avp(base.VendorId, THREEGPP),
  avp(base.ProductName, "naive"),
  avp(base.AuthApplicationId, APPLICATION.S6A),
]);

/** `sessionId` is the first AVP of the request: its length must be the same in the answer. */
function preparedAia(sessionId: string): Buffer {
  const vector = avp(s6a.EUtranVector, [
    avp(s6a.Rand, Buffer.alloc(16, 1)),
    avp(s6a.Xres, Buffer.alloc(8, 2)),
    avp(s6a.Autn, Buffer.alloc(16, 3)),
    avp(s6a.Kasme, Buffer.alloc(32, 4)),
  ]);
  return encodeMessage({ ...header, commandCode: COMMAND.AUTHENTICATION_INFORMATION, applicationId: APPLICATION.S6A }, [
    avp(base.SessionId, sessionId),
    avp(base.VendorSpecificApplicationId, [avp(base.VendorId, THREEGPP), avp(base.AuthApplicationId, APPLICATION.S6A)]),
    avp(base.ResultCode, 2001),
    avp(base.AuthSessionState, 1),
    ...origin,
    avp(s6a.AuthenticationInfo, [vector]),
  ]);
}

createServer((socket) => {
  let rest: Buffer = Buffer.alloc(0);
  let aia: Buffer | undefined;
  socket.setNoDelay(true);
  socket.on("error", () => {});
  socket.on("data", (chunk) => {
    const input = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const answers: Buffer[] = [];
    let at = 0;
    while (input.length - at >= 4) {
      const length = input.readUIntBE(at + 1, 3);
      if (input.length - at < length) break;
      const isAir = input.readUIntBE(at + 5, 3) === COMMAND.AUTHENTICATION_INFORMATION;
      const data = input.readUIntBE(at + HEADER + 5, 3) - 8;
      if (isAir) aia ??= preparedAia("x".repeat(data));
      const answer = Buffer.from(isAir && aia ? aia : cea);
      input.copy(answer, 12, at + 12, at + HEADER);
      if (isAir) input.copy(answer, HEADER + 8, at + HEADER + 8, at + HEADER + 8 + data);
      answers.push(answer);
      at += length;
    }
    rest = input.subarray(at);
    if (answers.length > 0) socket.write(Buffer.concat(answers));
  });
}).listen(Number(process.argv[2]), "127.0.0.1");
