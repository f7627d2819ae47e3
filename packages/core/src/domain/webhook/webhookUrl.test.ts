import { describe, expect, it } from "vitest";
import { checkWebhookUrl } from "./webhookUrl.ts";

describe("checkWebhookUrl", () => {
  it.each([
    ["https://example.com/hook?a=1", "https://example.com/hook?a=1"],
    ["HTTPS://Example.COM", "https://example.com/"],
    ["https://example.com:443/x", "https://example.com/x"],
    ["https://example.com:8443/x", "https://example.com:8443/x"],
    ["https://münchen.example/x", "https://xn--mnchen-3ya.example/x"],
    ["https://8.8.8.8/x", "https://8.8.8.8/x"],
    ["https://[2600::1]/x", "https://[2600::1]/x"],
  ])("takes %s", (given, normal) => {
    expect(checkWebhookUrl(given)).toBe(normal);
  });

  it.each([
    ["", "an address like"],
    ["example.com/hook", "an address like"],
    ["http://example.com/", "https://"],
    ["ftp://example.com/", "https://"],
    ["file:///etc/passwd", "https://"],
    ["javascript:alert(1)", "https://"],
    ["https://user@example.com/", "user name or password"],
    ["https://:word@example.com/", "user name or password"],
    ["https://example.com/#part", "fragment"],
    ["https://example.com:22/", "port 443"],
    ["https://example.com:25/", "port 443"],
    ["https://example.com:80/", "port 443"],
    ["https://localhost/", "public internet"],
    ["https://localhost./", "public internet"],
    ["https://app.localhost/", "public internet"],
    ["https://router/", "public internet"],
    ["https://printer.local/", "public internet"],
    ["https://metadata.google.internal/computeMetadata/v1/", "public internet"],
    ["https://nas.home.arpa/", "public internet"],
    ["https://127.0.0.1/", "private or special"],
    ["https://2130706433/", "private or special"],
    ["https://0x7f000001/", "private or special"],
    ["https://0x7f.1/", "private or special"],
    ["https://0177.0.0.1/", "private or special"],
    ["https://017700000001/", "private or special"],
    ["https://127.1/", "private or special"],
    ["https://127.0.0.1./", "private or special"],
    ["https://%31%32%37.0.0.1/", "private or special"],
    ["https://①②⑦.0.0.1/", "private or special"],
    ["https://10.1.2.3:8443/", "private or special"],
    ["https://169.254.169.254/latest/meta-data/", "private or special"],
    ["https://[::1]/", "private or special"],
    ["https://[::ffff:127.0.0.1]/", "private or special"],
    ["https://[0:0:0:0:0:ffff:a9fe:a9fe]/", "private or special"],
    ["https://[64:ff9b::7f00:1]/", "private or special"],
    ["https://[fd00:ec2::254]/", "private or special"],
    ["https://[fe80::1]/", "private or special"],
    [`https://example.com/${"x".repeat(1000)}`, "at most 1000"],
  ])("refuses %s: %s", (given, why) => {
    expect(() => checkWebhookUrl(given)).toThrow(expect.objectContaining({ code: "invalid-argument", field: "url" }));
    expect(() => checkWebhookUrl(given)).toThrow(why);
  });

  it("takes this machine and plain HTTP in the emulators alone", () => {
    expect(checkWebhookUrl("http://127.0.0.1:9999/x", true)).toBe("http://127.0.0.1:9999/x");
    expect(checkWebhookUrl("http://localhost:9999/x", true)).toBe("http://localhost:9999/x");
    expect(() => checkWebhookUrl("ftp://127.0.0.1/", true)).toThrow("https://");
    expect(() => checkWebhookUrl("http://a:b@127.0.0.1/", true)).toThrow("user name or password");
  });
});
