// A capture file of TCP segments to and from port 3868, each with one message; checksums are left out.

const GLOBAL = { magic: 0xa1b2c3d4, snapLength: 262_144, rawIp: 101 };
const PORT = 3868;

export function pcapOf(messages: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(24);
  head.writeUInt32BE(GLOBAL.magic, 0);
  head.writeUInt16BE(2, 4);
  head.writeUInt16BE(4, 6);
  head.writeUInt32BE(GLOBAL.snapLength, 16);
  head.writeUInt32BE(GLOBAL.rawIp, 20);
  let sequence = 1;
  const packets = messages.map((message, n) => {
    const packet = packetOf(message, sequence);
    sequence += message.length;
    const record = Buffer.alloc(16);
    record.writeUInt32BE(n + 1, 0);
    record.writeUInt32BE(packet.length, 8);
    record.writeUInt32BE(packet.length, 12);
    return Buffer.concat([record, packet]);
  });
  return Buffer.concat([head, ...packets]);
}

function packetOf(message: Buffer, sequence: number): Buffer {
  const ip = Buffer.alloc(20);
  ip.writeUInt8(0x45, 0);
  ip.writeUInt16BE(40 + message.length, 2);
  ip.writeUInt8(64, 8);
  ip.writeUInt8(6, 9);
  ip.writeUInt32BE(0x7f000001, 12);
  ip.writeUInt32BE(0x7f000002, 16);
  const tcp = Buffer.alloc(20);
  tcp.writeUInt16BE(40_000, 0);
  tcp.writeUInt16BE(PORT, 2);
  tcp.writeUInt32BE(sequence, 4);
  tcp.writeUInt32BE(1, 8);
  tcp.writeUInt16BE(0x5018, 12);
  tcp.writeUInt16BE(0xffff, 14);
  return Buffer.concat([ip, tcp, message]);
}
