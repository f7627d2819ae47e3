// node crypto.ts SECONDS: how many EPS vectors one core makes, each for another subscriber, with nothing around them.
import { randomFillSync } from "node:crypto";
import { epsVector } from "../../daemon/src/hss/crypto/epsVector.ts";
import { algorithmOf } from "../../daemon/src/hss/crypto/keys.ts";
import { sqnOf } from "../../daemon/src/hss/crypto/sequenceNumber.ts";
import { keysOf, PLMN } from "./subscribers.ts";

const CARDS = 1000;
const cards = Array.from({ length: CARDS }, (_, n) => keysOf(n));
const rands = randomFillSync(Buffer.alloc(CARDS * 16));

function vectors(milliseconds: number) {
  const cpu = process.cpuUsage();
  const begun = performance.now();
  let made = 0;
  while (performance.now() - begun < milliseconds) {
    for (let n = 0; n < CARDS; n++) {
      const keys = cards[n] as ReturnType<typeof keysOf>;
      epsVector(algorithmOf(keys), rands.subarray(n * 16, n * 16 + 16), sqnOf(made + n + 1, 0), keys.amf, PLMN);
    }
    made += CARDS;
  }
  const used = process.cpuUsage(cpu);
  return {
    perSecond: Math.round((made * 1000) / (performance.now() - begun)),
    perCpuSecond: Math.round((made * 1e6) / (used.user + used.system)),
  };
}

vectors(500);
console.log(JSON.stringify(vectors(Number(process.argv[2]) * 1000)));
