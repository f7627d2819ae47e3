import type { Application } from "./application.ts";
import type { GaugeSource } from "./metrics.ts";
import type { Mirror } from "./mirror/openMirror.ts";

/** The daemon's state as figures: connections by tenant, and what the mirror holds. */
export function gauges(mirror: Mirror, applications: readonly Application[]): GaugeSource[] {
  const total = (name: string, help: string, value: () => number): GaugeSource => ({
    name: `wisptools_${name}`,
    help,
    labels: [],
    values: () => [{ labels: {}, value: value() }],
  });
  return [
    {
      name: "wisptools_diameter_peers",
      help: "Open Diameter connections",
      labels: ["application", "tenant"],
      values: () => peers(applications),
    },
    total("subscribers", "Subscribers in the mirror", () => mirror.stats().subscribers),
    total("registrations", "Subscribers registered at an MME", () => mirror.stats().registrations),
    total("sessions", "Open Gx sessions", () => mirror.stats().sessions),
    total(
      "mirror_lag_seconds",
      "Seconds between a change in the cloud and its being served here",
      () => mirror.stats().lagSeconds,
    ),
    total("outbox_queued", "Reports not yet in the cloud", () => mirror.stats().queued),
    total(
      "outbox_dropped",
      "Reports dropped because the queue was full, since the start",
      () => mirror.stats().dropped,
    ),
    total("outbox_set_aside", "Reports that the cloud refuses, since the start", () => mirror.stats().setAside),
  ];
}

function* peers(applications: readonly Application[]): Iterable<{ labels: Record<string, string>; value: number }> {
  for (const { name, server } of applications) {
    const byTenant = new Map<string, number>();
    for (const { context } of server.peers()) byTenant.set(context.tenantId, (byTenant.get(context.tenantId) ?? 0) + 1);
    for (const [tenant, value] of byTenant) yield { labels: { application: name, tenant }, value };
  }
}
