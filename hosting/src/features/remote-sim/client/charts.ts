import type { RemsimSample } from "@wisptools/core/documents/remsim";
import { number } from "../../../ui/format.ts";
import type { ChartKind } from "../../epc/charts/kinds.ts";
import { signalUnit } from "../shared/life.ts";

const rate = (value: number) => `${number(value, value > 0 && value < 10 ? 1 : 0)}/min`;

const COUNTED: readonly ChartKind<string>[] = [
  {
    title: "TPDUs",
    unit: "1/min",
    lines: [
      { figure: "sent", label: "Sent" },
      { figure: "received", label: "Received" },
    ],
    write: rate,
  },
  { title: "Errors", unit: "1/min", lines: [{ figure: "errors", label: "Errors" }], write: rate },
];

/** A chart for rates, and one for each signal figure that this client's modem tells. */
export function chartKinds(samples: readonly RemsimSample[]): ChartKind<string>[] {
  const names = [...new Set(samples.flatMap((sample) => Object.keys(sample.signal ?? {})))].sort();
  const signal = names.map((name): ChartKind<string> => {
    const unit = signalUnit(name);
    return {
      title: name.toUpperCase(),
      unit,
      lines: [{ figure: `signal_${name}`, label: name.toUpperCase() }],
      write: (value) => `${number(value, Number.isInteger(value) ? 0 : 1)}${unit && ` ${unit}`}`,
      fitted: true,
    };
  });
  return [...COUNTED, ...signal];
}
