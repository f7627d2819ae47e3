import { describe, expect, it } from "vitest";
import { FramingError } from "./diameterError.ts";
import { FrameReader, takeFrame } from "./frame.ts";

function message(length: number, fill: number): Buffer {
  const bytes = Buffer.alloc(length, fill);
  bytes.writeUIntBE(length, 1, 3);
  bytes[0] = 1;
  return bytes;
}

describe("takeFrame", () => {
  it("waits for the length, then for the rest", () => {
    const whole = message(24, 7);
    for (let length = 0; length < 24; length++) expect(takeFrame(whole.subarray(0, length), 100)).toBeUndefined();
    expect(takeFrame(Buffer.concat([whole, Buffer.from("next")]), 100)).toEqual({
      bytes: whole,
      rest: Buffer.from("next"),
    });
  });

  it.each([0, 4, 19, 101, 0xffffff])("refuses the length %i", (length) => {
    const bytes = Buffer.alloc(20);
    bytes.writeUIntBE(length, 1, 3);
    expect(() => takeFrame(bytes, 100)).toThrow(FramingError);
  });
});

describe("FrameReader", () => {
  const messages = [message(20, 1), message(24, 2), message(100, 3), message(20, 4)];
  const stream = Buffer.concat(messages);

  it.each(Array.from({ length: 60 }, (_, n) => n + 1))("puts messages together from chunks of %i octets", (size) => {
    const reader = new FrameReader(100);
    const got: Buffer[] = [];
    for (let at = 0; at < stream.length; at += size) {
      reader.feed(stream.subarray(at, at + size), (bytes, from, to) => {
        got.push(Buffer.from(bytes.subarray(from, to)));
        return true;
      });
      expect(reader.held).toBeLessThanOrEqual(100);
    }
    expect(got).toEqual(messages);
    expect(reader.held).toBe(0);
  });

  it("stops where it is told to", () => {
    const reader = new FrameReader(100);
    let count = 0;
    reader.feed(stream, () => {
      count += 1;
      return count < 2;
    });
    expect(count).toBe(2);
  });

  it("refuses a message above the limit at its length, not at its end", () => {
    const reader = new FrameReader(100);
    expect(() => reader.feed(message(104, 0).subarray(0, 4), () => true)).toThrow(FramingError);
    expect(reader.held).toBe(0);
  });
});
