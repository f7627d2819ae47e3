import type { Figure } from "@wisptools/core/domain/telemetry";
import { number, percent, rate } from "../../../ui/format.ts";

/** A chart; figures are an EPC's unless another name is given for them. */
export interface ChartKind<F extends string = Figure> {
  title: string;
  unit: string;
  lines: readonly { figure: F; label: string }[];
  write: (value: number) => string;
  /** Top of the axis when nothing reaches it. */
  most?: number;
  /** For figures that are not rates or shares, such as dBm: the axis fits them and need not begin at zero. */
  fitted?: boolean;
}

export const KINDS: readonly ChartKind[] = [
  {
    title: "Throughput",
    unit: "bit/s",
    lines: [
      { figure: "down", label: "Down" },
      { figure: "up", label: "Up" },
    ],
    write: rate,
  },
  {
    title: "Subscribers",
    unit: "",
    lines: [
      { figure: "sessions", label: "Sessions" },
      { figure: "connected", label: "Connected" },
    ],
    write: (value) => number(value, Number.isInteger(value) ? 0 : 1),
  },
  {
    title: "Box",
    unit: "%",
    lines: [
      { figure: "cpu", label: "CPU" },
      { figure: "memory", label: "Memory" },
      { figure: "disk", label: "Disk" },
    ],
    write: percent,
    most: 100,
  },
  { title: "Load, 1 min", unit: "", lines: [{ figure: "load1", label: "Load" }], write: (value) => number(value, 2) },
  {
    title: "eNodeBs",
    unit: "",
    lines: [{ figure: "enbs", label: "Connected" }],
    write: (value) => number(value, Number.isInteger(value) ? 0 : 1),
  },
  {
    title: "UE addresses in use",
    unit: "%",
    lines: [{ figure: "uePool", label: "In use" }],
    write: percent,
    most: 100,
  },
];

export const RANGES = [
  { value: "1h", label: "1 h", hours: 1 },
  { value: "6h", label: "6 h", hours: 6 },
  { value: "24h", label: "24 h", hours: 24 },
] as const;
