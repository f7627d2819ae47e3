import { describe, expect, it } from "vitest";
import { matchRoute } from "./matchRoute.ts";
import { routes } from "./routes.ts";

describe("matchRoute", () => {
  it.each([
    ["/", "wisptools", {}],
    ["/t/tenant_a/fleet", "Fleet", { tenant: "tenant_a" }],
    ["/t/tenant_a/fleet/", "Fleet", { tenant: "tenant_a" }],
    ["/t/tenant_a/fleet/epc_1", "EPC", { tenant: "tenant_a", epc: "epc_1" }],
    ["/t/tenant_a/fleet/epc_1/charts", "EPC", { tenant: "tenant_a", epc: "epc_1", tab: "charts" }],
    ["/t/tenant_a/subscribers", "Subscribers", { tenant: "tenant_a" }],
    ["/t/tenant_a/subscribers/plans", "Plans", { tenant: "tenant_a" }],
    ["/t/tenant_a/subscribers/plans/gold", "Plans", { tenant: "tenant_a", id: "gold" }],
    ["/t/tenant_a/subscribers/plans/+", "Plans", { tenant: "tenant_a", id: "+" }],
    [
      "/t/tenant_a/subscribers/001010000000001/keys",
      "Subscriber",
      { tenant: "tenant_a", imsi: "001010000000001", tab: "keys" },
    ],
    ["/t/tenant_a/updates", "Updates", { tenant: "tenant_a" }],
    ["/t/tenant_a/updates/rollouts/+", "Updates", { tenant: "tenant_a", page: "rollouts", id: "+" }],
    ["/t/tenant_a/settings/api-keys", "API keys", { tenant: "tenant_a" }],
    ["/invite/tenant_a/inv_1", "Invitation", { tenant: "tenant_a", invitation: "inv_1" }],
  ])("%s leads to %s", (path, title, params) => {
    const match = matchRoute(path, routes);
    expect(match?.route.title).toBe(title);
    expect(match?.params).toEqual(params);
  });

  it.each(["/t", "/t/tenant_a", "/t/tenant_a/fleet/a/b/c", "/nowhere"])("%s leads nowhere", (path) => {
    expect(matchRoute(path, routes)).toBeUndefined();
  });
});
