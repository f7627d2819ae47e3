import { expect, it } from "vitest";
import { signature } from "./webhookSecrets.ts";

it("signs as the libraries of Standard Webhooks verify", () => {
  // The vector that those libraries test with.
  const text = 'msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}';
  const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  expect(signature(secret, text)).toBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
});
