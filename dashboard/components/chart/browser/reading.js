// What a chart says in words: under the pointer, to who does not see the picture, as a table.

import { marksAt } from "./layers.js";
import { nearest } from "./lines.js";
import { filled, quantity } from "./words.js";

const MARKED = 3; // of what happened that is written out at once
const NEAR_PX = 30; // from the pointer to a value that it reads
const MARK_PX = 6;

const band = (point, data) => `${quantity(point.low, data)} … ${quantity(point.high, data)}`;

function lineName(line, { data, lines }) {
  if (line.name === "expected") return data.words.expected;
  return line.name === "value" || lines.length < 2 ? "" : line.name;
}

// When a point is of; one that stands for a bucket has its end too.
function moment(at, line, clock) {
  if (!line.width) return clock.exact(at);
  const end = at + line.width;
  const isOneDay = clock.date(at) === clock.date(end);
  return `${clock.date(at)} ${clock.time(at)} – ${isOneDay ? "" : `${clock.day(end)} `}${clock.time(end)}`;
}

// The time and each line's value there; without a time the newest.
export function textsAt(chart, at) {
  const { data, lines, clock, summary } = chart;
  const time = at ?? summary.newest?.at;
  if (time === undefined) return [];
  const reach = NEAR_PX * chart.pixel;
  const points = lines.map((line) => [line, nearest(line, time, reach)]).filter(([, point]) => point);
  const texts = [points.length ? moment(points[0][1].at, points[0][0], clock) : clock.exact(time)];
  for (const [line, point] of points) {
    const name = lineName(line, chart);
    const isBand = point.low < point.mean || point.high > point.mean;
    const range = isBand ? ` (${band(point, data)})` : "";
    texts.push(`${name ? `${name} ` : ""}${quantity(point.mean, data)}${range}`);
  }
  if (!points.length) texts.push(data.words.nothing);
  return texts;
}

// What happened at a time.
export function happenedAt(chart, at) {
  const { marks, header } = chart;
  const happened = at === null ? [] : marksAt(marks, at, MARK_PX * chart.pixel, header.now);
  return happened.slice(-MARKED).map((mark) => markText(mark, chart));
}

function markText(mark, { clock, data }) {
  const when = (at) => `${clock.day(at)} ${clock.time(at)}`;
  if (mark.end === mark.start) return `${when(mark.start)} ${mark.text}`;
  return `${mark.text} (${when(mark.start)} – ${mark.end === null ? data.words.until_now : when(mark.end)})`;
}

// Newest, lowest, highest and gaps of what is seen, and which keys there are.
export function label({ data, clock, summary }) {
  const { newest, low, high, gaps } = summary;
  if (!newest) return [data.title, data.words.nothing].join(": ");
  const values = {
    title: data.title,
    newest: quantity(newest.value, data),
    when: clock.exact(newest.at),
    low: quantity(low, data),
    high: quantity(high, data),
  };
  const texts = [filled(data.words.summary, values), data.words.keys];
  if (gaps) texts.splice(1, 0, filled(data.words.gaps, { count: gaps }));
  return texts.join(" ");
}

// Heads and rows of a table of what is seen.
export function tableOf(chart) {
  const { data, lines, clock } = chart;
  const [since, until] = chart.window;
  const rows = [];
  for (const line of lines) {
    line.at.forEach((at, index) => {
      if (Number.isNaN(line.mean[index]) || at < since || at > until) return;
      const point = { mean: line.mean[index], low: line.low[index], high: line.high[index] };
      const range = line.banded ? band(point, data) : "—";
      rows.push([moment(at, line, clock), lineName(line, chart), quantity(point.mean, data), range]);
    });
  }
  const { time, part, value, range } = data.words;
  return [[time, part, value, range], rows];
}
