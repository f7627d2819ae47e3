import { Counter, collectDefaultMetrics, Gauge, Histogram, type OpenMetricsContentType, Registry } from "prom-client";

/** A figure looked up when somebody asks, by label values. */
export interface GaugeSource {
  name: string;
  help: string;
  labels: readonly string[];
  values(): Iterable<{ labels: Record<string, string>; value: number }>;
}

/** Seconds; the middle of the scale is where an authentication should be. */
const BUCKETS = [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];

/** The daemon's figures as OpenMetrics. No label ever holds an IMSI. */
export class Metrics {
  private readonly registry = new Registry<OpenMetricsContentType>();
  private readonly requests: Counter<"command" | "result">;
  private readonly seconds: Histogram<"command">;
  // Looking a child up by its labels costs more than counting; there are few of them.
  private readonly counters = new Map<string, Counter.Internal>();
  private readonly histograms = new Map<string, Histogram.Internal<"command">>();

  constructor() {
    this.registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    this.requests = new Counter({
      name: "wisptools_diameter_requests",
      help: "Diameter requests answered, by command and Result-Code or Experimental-Result-Code",
      labelNames: ["command", "result"],
      registers,
    });
    this.seconds = new Histogram({
      name: "wisptools_diameter_request_seconds",
      help: "Time from a decoded request to its answer, in seconds",
      labelNames: ["command"],
      buckets: BUCKETS,
      registers,
    });
  }

  /** Counts one answered request; `seconds` from its arrival. */
  answered(command: string, result: number, seconds: number): void {
    const key = `${command} ${result}`;
    let counter = this.counters.get(key);
    if (!counter) {
      counter = this.requests.labels({ command, result: String(result) });
      this.counters.set(key, counter);
    }
    counter.inc();
    let histogram = this.histograms.get(command);
    if (!histogram) {
      histogram = this.seconds.labels({ command });
      this.histograms.set(command, histogram);
    }
    histogram.observe(seconds);
  }

  gauge({ name, help, labels, values }: GaugeSource): void {
    new Gauge({
      name,
      help,
      labelNames: [...labels],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const each of values()) this.set(each.labels, each.value);
      },
    });
  }

  /** Counts what happens, by label values. @returns how to count one more. */
  counter<L extends string>(name: string, help: string, labelNames: readonly L[]): (labels: Record<L, string>) => void {
    const counter = new Counter({ name, help, labelNames: [...labelNames], registers: [this.registry] });
    return (labels) => counter.inc(labels);
  }

  async text(): Promise<{ contentType: string; text: string }> {
    return { contentType: this.registry.contentType, text: await this.registry.metrics() };
  }
}
