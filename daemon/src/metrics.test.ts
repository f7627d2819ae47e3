import { expect, it } from "vitest";
import { Metrics } from "./metrics.ts";

it("writes counters, histograms and gauges as OpenMetrics", async () => {
  const metrics = new Metrics();
  metrics.answered("AIR", 2001, 0.0004);
  metrics.answered("AIR", 2001, 0.002);
  metrics.answered("AIR", 5001, 0.0001);
  let peers = 2;
  metrics.gauge({
    name: "wisptools_diameter_peers",
    help: "Open peers",
    labels: ["tenant"],
    values: () => [{ labels: { tenant: "tenant_a" }, value: peers }],
  });
  peers = 3;
  const { contentType, text } = await metrics.text();
  expect(contentType).toMatch(/^application\/openmetrics-text; version=1\.0\.0/);
  expect(text).toContain('wisptools_diameter_requests_total{command="AIR",result="2001"} 2');
  expect(text).toContain('wisptools_diameter_requests_total{command="AIR",result="5001"} 1');
  expect(text).toContain('wisptools_diameter_request_seconds_count{command="AIR"} 3');
  expect(text).toContain('wisptools_diameter_request_seconds_bucket{le="0.0005",command="AIR"} 2');
  expect(text).toContain('wisptools_diameter_peers{tenant="tenant_a"} 3');
  expect(text.trimEnd().endsWith("# EOF")).toBe(true);
});
