// Numbers, lengths and times as dashboard/text/format.py writes them, in the words that the page gave.

import { dateOf } from "./calendar.js";

const THIN = "\u202f";
const BYTES = ["B", "kB", "MB", "GB", "TB", "PB"];
const UNITS = [["days", 86400000], ["hours", 3600000], ["minutes", 60000], ["seconds", 1000]];
const SPOKEN_FROM = 120; // seconds, from which on a length is written in its two largest units

export const filled = (template, values) =>
  template.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);

// With so many decimals; without, at most four significant digits, but whole digits are never thrown away.
export function number(value, decimals = 3 - (value ? Math.floor(Math.log10(Math.abs(value))) : 0)) {
  if (!Number.isFinite(value)) return "—";
  const text = Math.abs(value).toFixed(Math.min(Math.max(decimals, 0), 12));
  const [whole, part = ""] = text.split(".");
  const digits = part.replace(/0+$/, "");
  const spaced = whole.replace(/\B(?=(\d{3})+$)/g, THIN) + (digits && `.${digits}`);
  return value < 0 && /[1-9]/.test(text) ? `\u2212${spaced}` : spaced;
}

const withUnit = (text, unit) => (unit ? `${text}${THIN}${unit}` : text);

export function span(length, words) {
  const index = Math.max(UNITS.findIndex(([, size]) => length >= size), 0);
  const [name, size] = length < 1000 ? UNITS[3] : UNITS[index];
  const large = Math.floor(length / size);
  if (name === "seconds") return filled(words.seconds, { large });
  const small = Math.floor((length % size) / UNITS[index + 1][1]);
  return filled(small ? words[name] : words[`${name}_even`], { large, small });
}

function scaledBytes(value) {
  let power = 0;
  while (Math.abs(value) >= 1000 && power < BYTES.length - 1) {
    value /= 1000;
    power += 1;
  }
  return [value, BYTES[power]];
}

export function quantity(value, chart) {
  if (chart.kind === "state" && chart.states[value]) return chart.states[value];
  if (chart.unit === "s" && chart.kind !== "counter" && Math.abs(value) >= SPOKEN_FROM) {
    return span(Math.round(value * 1000), chart.words);
  }
  if (chart.unit === "B") {
    const [scaled, unit] = scaledBytes(value);
    return withUnit(number(scaled), unit);
  }
  return withUnit(number(value), chart.kind === "state" ? "" : chart.unit);
}

// How the values of an axis are written: in one unit for all of them, that of the largest.
export function axisUnit(largest, chart) {
  if (chart.unit === "s" && chart.kind !== "counter") {
    const [name, size] = UNITS.find(([, size]) => largest * 1000 >= 2 * size) ?? UNITS[3];
    const template = name === "seconds" ? chart.words.seconds : chart.words[`${name}_even`];
    return { factor: size / 1000, text: (value, decimals) => filled(template, { large: number(value, decimals) }) };
  }
  if (chart.unit === "B") {
    const [scaled, unit] = scaledBytes(largest);
    return { factor: scaled ? largest / scaled : 1, text: (value, decimals) => withUnit(number(value, decimals), unit) };
  }
  return { factor: 1, text: number };
}

const two = (value) => String(value).padStart(2, "0");

// Times by the site's clock. `offsets` are [from when on, minutes ahead of UTC], the first for all before.
export class Clock {
  constructor(offsets, words, calendar) {
    this.calendar = calendar;
    this.offsets = offsets;
    this.words = words;
    this.months = words.months.split(" ");
  }

  offset(at) {
    let minutes = this.offsets[0][1];
    for (const [since, ahead] of this.offsets) if (since <= at) minutes = ahead;
    return minutes * 60000;
  }

  wall(at) {
    return at + this.offset(at);
  }

  // The moment at which the clock shows this; where it shows it twice, the first.
  moment(wall) {
    const at = wall - this.offset(wall - this.offset(wall));
    const before = wall - this.offset(at - 3600000);
    return this.wall(before) === wall ? Math.min(before, at) : at;
  }

  parts(at) {
    const date = new Date(this.wall(at));
    const { year, month, day } = dateOf(this.wall(at), this.calendar);
    return {
      day,
      month: this.months[month],
      index: month, // from 0
      year,
      clock: `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`,
      seconds: `:${two(date.getUTCSeconds())}`,
    };
  }

  time(at, withSeconds = false) {
    const parts = this.parts(at);
    return parts.clock + (withSeconds ? parts.seconds : "");
  }

  day = (at) => filled(this.words.day, this.parts(at));
  date = (at) => filled(this.words.date, this.parts(at));
  month = (at) => filled(this.words.month, this.parts(at));

  exact(at) {
    return `${this.date(at)} ${this.time(at, true)}`;
  }
}
