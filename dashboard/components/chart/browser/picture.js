// How the library draws a chart: its colours and axes, and what stands below the lines.

import { timeTicks, valueRange, valueTicks } from "./axes.js";
import { drawBelow } from "./layers.js";

const SIGNS = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
// The library takes the words of its axes for HTML, and states and units are texts of a profile.
const asText = (ticks) =>
  ticks.map((tick) => ({ ...tick, label: tick.label.replace(/[&<>]/g, (sign) => SIGNS[sign]) }));

const FAINT = 0.13; // of the ink: lines of the grid

export function options(chart) {
  const { data, clock, lines, summary } = chart;
  const ink = getComputedStyle(chart.parts.root).color;
  const pale = ink.replace(/^rgba?\(([^,]+,[^,]+,[^,)]+).*\)$/, `rgba($1, ${FAINT})`);
  const isState = data.kind === "state";
  const limits = [...data.limits.map((limit) => limit.value), ...(data.levels ?? [])];
  if (chart.header.forecast) limits.push(chart.header.limit);
  const isExpected = lines.some((line) => line.name === "expected");
  return {
    labels: ["at", ...lines.map((line, index) => (isExpected ? line.name : `line ${index}`))],
    colors: Object.values(data.colours),
    series: isExpected ? { expected: { strokePattern: [5, 4] }, value: { drawPoints: true } } : {},
    dateWindow: chart.window,
    valueRange: valueRange(summary, data, limits),
    customBars: true, // each point is lowest, mean, highest
    connectSeparatedPoints: true, // over a moment of another line; a gap is no number
    drawGapEdgePoints: true,
    stepPlot: isState,
    fillAlpha: 0.22,
    strokeWidth: 1.6,
    pointSize: 2,
    axisLabelColor: ink,
    axisLineColor: pale,
    gridLineColor: pale,
    axisLabelFontSize: 11,
    rightGap: 6,
    // Its own pointer and legend are not used: see hand.js and reading.js.
    interactionModel: {},
    highlightCircleSize: 0,
    legend: "never",
    showLabelsOnHighlight: false,
    labelsDiv: document.createElement("div"),
    underlayCallback: (context, area, graph) => drawBelow(context, area, graph, chart),
    axes: {
      x: { drawGrid: false, axisLabelWidth: 72, ticker: (since, until, pixels) => asText(timeTicks(since, until, pixels, clock)) },
      y: { axisLabelWidth: isState ? 72 : 46, ticker: (low, high, pixels) => asText(valueTicks(low, high, pixels, data)) },
    },
  };
}
