import type uPlot from "uplot";
import type { ChartKind } from "./kinds.ts";

export interface Look {
  text: string;
  grid: string;
  lines: readonly string[];
  font: string;
}

/** The theme's colours as the canvas can use them: it knows no custom properties. */
export function look(element: HTMLElement): Look {
  const probe = document.createElement("span");
  element.append(probe);
  const colour = (role: string) => {
    probe.style.color = `var(--${role})`;
    return getComputedStyle(probe).color;
  };
  const found = {
    text: colour("muted"),
    grid: colour("line"),
    lines: [colour("chart-1"), colour("chart-2"), colour("chart-3")],
    font: `11px ${getComputedStyle(element).fontFamily}`,
  };
  probe.remove();
  return found;
}

const pad = (n: number) => String(n).padStart(2, "0");
const clockText = (seconds: number) => {
  const at = new Date(seconds * 1000);
  return `${pad(at.getHours())}:${pad(at.getMinutes())}`;
};

/** `view` says what is in view, in seconds, whenever the chart draws. */
export function chartOptions(
  kind: ChartKind<string>,
  style: Look,
  width: number,
  view: () => [from: number, to: number],
  onselect: (from: number, to: number) => void,
): uPlot.Options {
  const axis = { stroke: style.text, font: style.font, grid: { stroke: style.grid, width: 1 }, ticks: { show: false } };
  return {
    width,
    height: 180,
    padding: [10, 8, 0, 0],
    legend: { show: false },
    // One crosshair through every chart of the page.
    cursor: { sync: { key: "epc" }, drag: { x: true, y: false, setScale: false }, points: { size: 7 } },
    scales: {
      x: { time: true, range: view },
      y: {
        range: (_, least, most) =>
          kind.fitted
            ? [Math.floor((least ?? 0) - 3), Math.ceil((most ?? 0) + 3)]
            : [0, Math.max((most ?? 0) * 1.1, kind.most ?? 1)],
      },
    },
    axes: [
      { ...axis, values: (_, splits) => splits.map(clockText), space: 70, size: 30 },
      { ...axis, values: (_, splits) => splits.map((value) => kind.write(value)), size: 78, space: 36 },
    ],
    series: [
      {},
      ...kind.lines.map(({ label }, i) => ({
        label,
        stroke: style.lines[i] ?? style.text,
        width: 1.5,
        spanGaps: false,
        points: { show: false },
        ...(kind.lines.length === 1 && !kind.fitted ? { fill: style.lines[0]?.replace(")", " / 0.1)") ?? "" } : {}),
      })),
    ],
    hooks: {
      setSelect: [
        (plot) => {
          if (plot.select.width < 8) return;
          onselect(plot.posToVal(plot.select.left, "x"), plot.posToVal(plot.select.left + plot.select.width, "x"));
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
    },
  };
}
