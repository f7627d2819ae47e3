import type { Avp } from "./avpDefinition.ts";

/** A fault with its Result-Code (RFC 6733 7.1). Thrown by a handler or by the codec, it becomes the answer. */
export class DiameterError extends Error {
  override readonly name = "DiameterError";
  readonly resultCode: number;
  /** What Failed-AVP shall hold (RFC 6733 7.5). */
  readonly failedAvp: Avp | undefined;

  constructor(resultCode: number, message: string, failedAvp?: Avp, options?: ErrorOptions) {
    super(message, options);
    this.resultCode = resultCode;
    this.failedAvp = failedAvp;
  }
}

/** Bytes after which a stream cannot be trusted any more: the connection must be cut (RFC 6733 7.1.3, 7.1.5). */
export class FramingError extends Error {
  override readonly name = "FramingError";
}
