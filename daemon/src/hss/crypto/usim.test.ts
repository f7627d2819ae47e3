import { describe, expect, test } from "vitest";
import { autsOf, verifyAuts } from "./auts.ts";
import { epsVector } from "./epsVector.ts";
import { algorithmOf, type SubscriberKeys } from "./keys.ts";
import { seededBytes } from "./seededBytes.fixture.ts";
import { MAX_JUMP, MAX_SEQ, seqOf, sqnOf } from "./sequenceNumber.ts";
import { SqnGenerator } from "./sqn.ts";
import { kasmeOf, Usim } from "./usim.ts";

const plmn = Buffer.from("00f110", "hex");
const IMSI = "001010000000001";
const START = Date.UTC(2026, 10, 21, 12);

function keysOf(algorithm: SubscriberKeys["algorithm"], random: (length: number) => Buffer): SubscriberKeys {
  if (algorithm === "milenage") return { algorithm, k: random(16), op: random(16), amf: 0x8000 };
  return { algorithm, k: random(32), top: random(32), amf: 0x8000 };
}

function generator(ind: number): SqnGenerator {
  return new SqnGenerator({ ind, leased: 0, lease: () => {}, now: () => START });
}

describe.each(["milenage", "tuak"] as const)("USIM with %s", (name) => {
  const random = seededBytes(name.length);

  test("accepts what the HSS makes and comes to the same RES and KASME", () => {
    for (let i = 0; i < 200; i++) {
      const keys = keysOf(name, random);
      const usim = new Usim(keys);
      const vector = epsVector(algorithmOf(keys), random(16), generator(i % 32).next(IMSI, 0), keys.amf, plmn);
      expect(usim.authenticateEps(vector.rand, vector.autn, plmn)).toEqual({
        outcome: "accepted",
        res: vector.xres,
        kasme: vector.kasme,
      });
    }
  });

  test("answers a replay with a sync failure that conceals its SQN", () => {
    const keys = keysOf(name, random);
    const algorithm = algorithmOf(keys);
    const usim = new Usim(keys);
    const sqn = generator(5).next(IMSI, 0);
    const { rand, autn } = epsVector(algorithm, random(16), sqn, keys.amf, plmn);
    expect(usim.authenticate(rand, autn).outcome).toBe("accepted");
    const replay = usim.authenticate(rand, autn);
    expect(replay).toEqual({ outcome: "syncFailure", auts: autsOf(algorithm, rand, sqn) });
    if (replay.outcome !== "syncFailure") return;
    expect(verifyAuts(algorithm, rand, replay.auts)).toEqual(sqn);
  });

  test("accepts after resynchronisation wherever its SQN stood", () => {
    for (let i = 0; i < 200; i++) {
      const keys = keysOf(name, random);
      const algorithm = algorithmOf(keys);
      const stood = sqnOf(Math.floor(random(6).readUIntBE(0, 6) / 2 ** (5 + (i % 43))), i % 32);
      const usim = new Usim(keys, i % 4 === 0 ? sqnOf(MAX_SEQ - 1 - i, 1) : stood);
      const sqns = generator(i % 32);
      let offset = 0;
      const attempt = () => {
        const vector = epsVector(algorithm, random(16), sqns.next(IMSI, offset), keys.amf, plmn);
        return { vector, answer: usim.authenticate(vector.rand, vector.autn) };
      };
      let { vector, answer } = attempt();
      if (answer.outcome === "syncFailure") {
        const sqnMs = verifyAuts(algorithm, vector.rand, answer.auts);
        expect(sqnMs).toEqual(usim.sqnMs);
        ({ offset } = sqns.resynchronise(sqnMs as Buffer, IMSI, offset));
        ({ answer, vector } = attempt());
      }
      expect(answer.outcome).toBe("accepted");
      // And the offset goes on serving.
      expect(attempt().answer.outcome).toBe(seqOf(usim.sqnMs) === MAX_SEQ ? "syncFailure" : "accepted");
    }
  });

  test("calls any changed bit of AUTN, another RAND and other keys a MAC failure", () => {
    const keys = keysOf(name, random);
    const usim = new Usim(keys);
    const { rand, autn } = epsVector(algorithmOf(keys), random(16), generator(0).next(IMSI, 0), keys.amf, plmn);
    for (let bit = 0; bit < 128; bit++) {
      const forged = Buffer.from(autn);
      forged[bit >> 3] = (forged[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(usim.authenticate(rand, forged)).toEqual({ outcome: "macFailure" });
    }
    expect(usim.authenticate(random(16), autn)).toEqual({ outcome: "macFailure" });
    expect(new Usim(keysOf(name, random)).authenticate(rand, autn)).toEqual({ outcome: "macFailure" });
    expect(usim.sqnMs).toEqual(sqnOf(0, 0));
  });
});

describe("USIM", () => {
  const random = seededBytes(11);
  const keys = keysOf("milenage", random);
  const algorithm = algorithmOf(keys);
  const challenge = (sqn: Buffer, amf = keys.amf) => epsVector(algorithm, random(16), sqn, amf, plmn);
  const outcome = (usim: Usim, sqn: Buffer) => {
    const { rand, autn } = challenge(sqn);
    return usim.authenticate(rand, autn).outcome;
  };

  test("takes vectors of several processes in any order, each once", () => {
    const usim = new Usim(keys);
    expect(outcome(usim, sqnOf(100, 1))).toBe("accepted");
    expect(outcome(usim, sqnOf(90, 2))).toBe("accepted");
    expect(outcome(usim, sqnOf(90, 2))).toBe("syncFailure");
    expect(outcome(usim, sqnOf(99, 1))).toBe("syncFailure");
    expect(usim.sqnMs).toEqual(sqnOf(100, 1));
  });

  test("lets SEQ jump by 2^28 and no further", () => {
    const usim = new Usim(keys, sqnOf(1000, 0));
    expect(outcome(usim, sqnOf(1001 + MAX_JUMP, 4))).toBe("syncFailure");
    expect(outcome(usim, sqnOf(1000 + MAX_JUMP, 4))).toBe("accepted");
  });

  test("never accepts SQN 0", () => {
    expect(outcome(new Usim(keys), sqnOf(0, 0))).toBe("syncFailure");
  });

  test("refuses a vector without the separation bit on E-UTRAN only", () => {
    const rand = random(16);
    const sqn = sqnOf(7, 0);
    const { macA, ak } = algorithm.vector(rand, sqn, 0x1234);
    const autn = Buffer.concat([sqn.map((byte, i) => byte ^ (ak[i] as number)), Buffer.from("1234", "hex"), macA]);
    const usim = new Usim(keys);
    expect(usim.authenticateEps(rand, autn, plmn)).toEqual({ outcome: "nonEpsAuthenticationUnacceptable" });
    expect(usim.authenticate(rand, autn).outcome).toBe("accepted");
  });

  test("derives KASME for the network it believes to be in", () => {
    const { rand, autn, kasme } = challenge(sqnOf(7, 0));
    const answer = new Usim(keys).authenticate(rand, autn);
    if (answer.outcome !== "accepted") throw new Error(answer.outcome);
    expect(kasmeOf(answer, autn, plmn)).toEqual(kasme);
    expect(kasmeOf(answer, autn, Buffer.from("00f120", "hex"))).not.toEqual(kasme);
  });

  test("names bad lengths", () => {
    const usim = new Usim(keys);
    expect(() => usim.authenticate(random(15), random(16))).toThrow(/^RAND /);
    expect(() => usim.authenticate(random(16), random(17))).toThrow(/^AUTN /);
    expect(() => usim.authenticateEps(random(16), random(3), plmn)).toThrow(/^AUTN /);
  });
});
