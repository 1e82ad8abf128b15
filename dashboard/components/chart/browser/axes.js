// Where the lines of the axes stand, and what is written at them.

import { monthBegin } from "./calendar.js";
import { axisUnit } from "./words.js";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MONDAY = 4 * DAY; // the first of 1970, from which weeks are counted
const STEPS = [
  ...[1, 5, 10, 30].map((count) => count * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * MINUTE),
  ...[1, 2, 3, 4, 6, 12].map((count) => count * HOUR),
  ...[1, 2, 7, 14].map((count) => count * DAY),
];
const MONTHS = [1, 2, 3, 6, 12, 24, 60];
const BESIDE = 62; // pixels that a label has at least
const BELOW = 34;

export function timeTicks(since, until, pixels, clock) {
  const room = ((until - since) / Math.max(pixels, 1)) * BESIDE;
  const step = STEPS.find((step) => step >= room);
  if (step === undefined) return monthTicks(since, until, room, clock);
  const ticks = [];
  const base = step >= 7 * DAY ? MONDAY : 0;
  let wall = Math.ceil((clock.wall(since) - base) / step) * step + base;
  for (; ; wall += step) {
    const v = clock.moment(wall);
    if (v > until) return ticks;
    // At a change of the clock an hour is missing, or is there twice.
    if (v < since || (ticks.length && v <= ticks[ticks.length - 1].v)) continue;
    const isMidnight = wall % DAY === 0;
    ticks.push({ v, label: isMidnight ? clock.day(v) : clock.time(v, step < MINUTE) });
  }
}

function monthTicks(since, until, room, clock) {
  const months = MONTHS.find((count) => count * 30 * DAY >= room) ?? MONTHS[MONTHS.length - 1];
  const first = clock.parts(since);
  let count = Math.ceil((first.year * 12 + first.index) / months) * months;
  const ticks = [];
  for (; ; count += months) {
    const v = clock.moment(monthBegin(count, clock.calendar));
    if (v > until) return ticks;
    if (v >= since) ticks.push({ v, label: months < 12 ? clock.month(v) : String(clock.parts(v).year) });
  }
}

export function valueTicks(low, high, pixels, chart) {
  if (chart.kind === "state" && Object.keys(chart.states).length) {
    return Object.entries(chart.states).map(([v, label]) => ({ v: Number(v), label }));
  }
  const unit = axisUnit(Math.max(Math.abs(low), Math.abs(high)), chart);
  const [from, to] = [low / unit.factor, high / unit.factor];
  const room = ((to - from) / Math.max(pixels, 1)) * BELOW;
  const power = 10 ** Math.floor(Math.log10(room));
  const step = [1, 2, 5, 10].map((count) => count * power).find((step) => step >= room) ?? room;
  const decimals = Math.max(-Math.floor(Math.log10(step) + 1e-9), 0);
  const ticks = [];
  for (let index = Math.ceil(from / step); index * step <= to; index += 1) {
    ticks.push({ v: index * step * unit.factor, label: unit.text(index * step, decimals) });
  }
  return ticks;
}

const NEAR = 3; // heights of the curve: a limit farther away would press it flat
const ROOM = 0.06; // of the height, above and below

// The values that are drawn, and those of the limits that lie near enough.
export function valueRange(seen, chart, limits) {
  const states = Object.keys(chart.states).map(Number);
  if (chart.kind === "state" && states.length) {
    return [Math.min(...states) - 0.3, Math.max(...states) + 0.3];
  }
  if (!seen.points) return [0, 1];
  let { low, high } = seen;
  const reach = Math.max(high - low, Math.abs(high) * 0.05, 1e-9) * NEAR;
  for (const limit of limits) {
    if (limit >= seen.low - reach && limit <= seen.high + reach) {
      low = Math.min(low, limit);
      high = Math.max(high, limit);
    }
  }
  const room = high > low ? (high - low) * ROOM : Math.max(Math.abs(low) * 0.05, 1);
  return [low - room, high + room];
}
