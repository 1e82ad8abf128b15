// A chart: asks for its values when it comes into sight, draws them, and says what stands under the pointer.

import { timeTicks, valueRange, valueTicks } from "./axes.js";
import { element, frame, table } from "./frame.js";
import { handle } from "./hand.js";
import { drawBelow, marksAt } from "./layers.js";
import { nearest, rowsOf, summary, unpacked } from "./lines.js";
import { asked, join, leave, loaded, lookAt, marksOf, pointAt, url, windowOf } from "./page.js";
import { Clock, filled, quantity } from "./words.js";

const AGAIN_MS = 15000; // after a failure
const SETTLE_MS = 250; // before finer values are asked for
const SHORTEST_MS = 10000; // that can be looked at
const USUAL_POINTS = 360;
const FULL_POINTS = 1200;
const MARKED = 3; // of what happened that is written out at once
const NEAR_PX = 30; // from the pointer to a value that it reads

export class Chart {
  constructor(place) {
    this.place = place;
    this.marks = [];
    this.isSeen = false;
  }

  get isAlive() {
    return this.place.isConnected && !this.isOver;
  }

  get group() {
    return this.data.group;
  }

  // What the page says now; nothing but colours may have changed.
  show(data) {
    const isSame = JSON.stringify(data) === JSON.stringify(this.data);
    this.data = data;
    if (!this.parts) this.build();
    if (isSame) return this.header && this.draw();
    this.header = this.graph = null;
    this.parts.canvas.replaceChildren();
    join(this);
    return this.isSeen && this.load();
  }

  build() {
    this.parts = frame(this.place, this.data.words, {
      closer: () => this.zoom(0.5),
      farther: () => this.zoom(2),
      whole: () => this.whole(),
      table: () => this.toggleTable(),
      csv: () => undefined,
      full: () => this.toggleFull(),
    });
    this.parts.root.chart = this;
    if (!this.data.csv) this.parts.buttons.csv.remove();
    handle(this, this.parts);
    this.watch = new IntersectionObserver((entries) => this.seen(entries.at(-1).isIntersecting), { rootMargin: "150px" });
    this.watch.observe(this.parts.root);
    this.size = new ResizeObserver(() => this.graph && this.draw());
    this.size.observe(this.parts.plot);
    this.onFull = () => this.windowChanged();
    this.parts.root.addEventListener("fullscreenchange", this.onFull);
    this.onVisible = () => document.visibilityState === "visible" && this.isSeen && this.load();
    document.addEventListener("visibilitychange", this.onVisible);
  }

  end() {
    this.isOver = true;
    leave(this);
    clearTimeout(this.timer);
    this.request?.abort();
    this.watch?.disconnect();
    this.size?.disconnect();
    document.removeEventListener("visibilitychange", this.onVisible);
  }

  seen(isSeen) {
    if (!this.isAlive && this.parts) return this.end();
    this.isSeen = isSeen;
    clearTimeout(this.timer);
    return isSeen && this.load();
  }

  // What is asked for: the part that is looked at closer, or the range of the page.
  get asking() {
    const part = windowOf(this.group);
    const { span, since, until } = this.data.window;
    if (part) return { since: Math.floor(part.since), until: Math.ceil(part.until) };
    return span ? { span } : { since, until };
  }

  get isFull() {
    return document.fullscreenElement === this.parts.root;
  }

  async load() {
    clearTimeout(this.timer);
    this.request?.abort();
    const request = (this.request = new AbortController());
    const query = this.asking;
    const points = this.isFull ? FULL_POINTS : USUAL_POINTS;
    try {
      const [answer, marks, library] = await Promise.all([
        asked(this.data.lines, this.data.csv ? { ...query, points } : query, request.signal).then((answer) => answer.arrayBuffer()),
        marksOf(this.data.marks, query).catch(() => []),
        loaded(this.data.library),
      ]);
      if (request.signal.aborted || !this.isAlive) return;
      this.take(unpacked(answer), marks, library);
    } catch (error) {
      if (error.name === "AbortError" || !this.isAlive) return;
      this.hint(error.status === 401 ? this.data.words.signed_out : this.data.words.lost);
      this.timer = setTimeout(() => this.load(), AGAIN_MS);
    }
  }

  take(answer, marks, library) {
    this.header = answer;
    this.lines = answer.lines;
    this.marks = marks;
    this.library = library;
    this.clock = new Clock(answer.offsets, this.data.words);
    const heights = this.data.limits.map((limit) => limit.value);
    if (answer.forecast) heights.push(answer.limit);
    this.heights = heights;
    this.limits = this.data.limits;
    this.kind = this.data.kind;
    this.metric = this.data.metric;
    this.draw();
    const every = this.data.window.every;
    if (every && !windowOf(this.group)) {
      this.timer = setTimeout(() => this.isSeen && document.visibilityState === "visible" && this.load(), every * 1000);
    }
  }

  // The window that is drawn: what was answered, or for a moment a part of it that finer values are on the way for.
  get window() {
    const part = windowOf(this.group);
    return part ? [part.since, part.until] : [this.header.start, this.header.end];
  }

  draw() {
    if (!this.header || !this.parts.plot.clientWidth) return;
    const { data, parts } = this;
    const window = this.window;
    this.summary = summary(this.lines, ...window);
    this.hint(this.summary.points ? "" : data.words.nothing);
    const options = this.options(window);
    if (this.graph) {
      this.graph.updateOptions({ ...options, file: this.rows() }, true);
      this.graph.resize(parts.plot.clientWidth, parts.plot.clientHeight);
    } else {
      this.graph = new this.library(parts.canvas, this.rows(), options);
    }
    this.tell();
  }

  rows() {
    const rows = rowsOf(this.lines);
    // The library draws nothing at all without a row.
    return rows.length ? rows : [[this.header.start, ...this.lines.map(() => null)]];
  }

  options(dateWindow) {
    const { data, parts, clock } = this;
    const ink = getComputedStyle(parts.root).color;
    const pale = ink.replace(/^rgb\((.*)\)$/, "rgba($1, 0.13)");
    const isState = data.kind === "state";
    const names = this.lines.map((line, index) => line.name || `line ${index}`);
    const colours = Object.values(data.colours);
    const chart = { ...data };
    return {
      labels: ["at", ...names],
      colors: colours,
      dateWindow,
      valueRange: valueRange(this.summary, chart, this.heights),
      customBars: true,
      connectSeparatedPoints: true,
      stepPlot: isState,
      fillAlpha: 0.22,
      strokeWidth: 1.6,
      highlightCircleSize: 0,
      legend: "never",
      showLabelsOnHighlight: false,
      labelsDiv: document.createElement("div"),
      axisLabelColor: ink,
      axisLineColor: pale,
      gridLineColor: pale,
      axisLabelFontSize: 11,
      rightGap: 6,
      interactionModel: {},
      drawGapEdgePoints: true,
      pointSize: 2,
      series: names.includes("expected") ? { expected: { strokePattern: [5, 4] }, value: { drawPoints: true } } : undefined,
      underlayCallback: (context, area, graph) => drawBelow(context, area, graph, this),
      axes: {
        x: { drawGrid: false, axisLabelWidth: 72, ticker: (from, to, pixels) => timeTicks(from, to, pixels, clock) },
        y: { axisLabelWidth: isState ? 84 : 58, ticker: (low, high, pixels) => valueTicks(low, high, pixels, chart) },
      },
    };
  }

  hint(text) {
    this.parts.hint.textContent = text;
  }

  // What is read without a pointer: the newest value, and for who does not see the picture what is in it.
  tell() {
    const { data, parts, summary: seen, clock } = this;
    const newest = seen.newest;
    const texts = [data.title, data.words.nothing];
    if (newest) {
      const words = { title: data.title, newest: quantity(newest.value, data), when: clock.exact(newest.at) };
      texts.splice(0, 2, filled(data.words.summary, { ...words, low: quantity(seen.low, data), high: quantity(seen.high, data) }));
      if (seen.gaps) texts.push(filled(data.words.gaps, { count: seen.gaps }));
    }
    parts.plot.setAttribute("aria-label", [...texts, data.words.keys].join(" "));
    parts.buttons.whole.hidden = !windowOf(this.group);
    if (data.csv) {
      const address = url(data.csv);
      const [since, until] = this.window.map(Math.round);
      for (const [name, value] of Object.entries({ since, until, points: this.isFull ? FULL_POINTS : USUAL_POINTS })) {
        address.searchParams.set(name, value);
      }
      parts.buttons.csv.href = address;
      parts.buttons.csv.download = "";
    }
    if (this.at === undefined || this.at === null) this.read(null);
    else this.cross(this.at, false);
    if (this.table) this.fillTable();
  }

  // The words for a time: each line's value there, and what happened.
  read(at) {
    const { data, lines, clock, parts } = this;
    parts.reading.replaceChildren();
    if (!this.header) return "";
    const newest = this.summary.newest;
    const time = at ?? newest?.at;
    if (time === undefined) return "";
    const reach = this.reach;
    const points = lines.map((line) => [line, nearest(line, time, reach)]).filter(([, point]) => point);
    const texts = [clock.exact(points[0]?.[1].at ?? time)];
    for (const [line, point] of points) {
      const name = line.name === "expected" ? data.words.expected : line.name === "value" || lines.length < 2 ? "" : line.name;
      const isBand = point.low < point.mean || point.high > point.mean;
      const band = isBand ? ` (${quantity(point.low, data)} … ${quantity(point.high, data)})` : "";
      texts.push(`${name ? `${name} ` : ""}${quantity(point.mean, data)}${band}`);
    }
    if (at !== null && !points.length) texts.push(data.words.nothing);
    const happened = at === null ? [] : marksAt(this.marks, time, reach / 4, this.header.now);
    for (const mark of happened.slice(-MARKED)) texts.push(this.markText(mark));
    for (const text of texts) element("span", "", parts.reading, { dir: "auto" }).textContent = text;
    this.reads = texts;
    return texts.join(", ");
  }

  markText(mark) {
    const from = this.clock.day(mark.start) + " " + this.clock.time(mark.start);
    if (mark.end === mark.start) return `${from} ${mark.text}`;
    const over = mark.end === null ? this.data.words.until_now : `${this.clock.day(mark.end)} ${this.clock.time(mark.end)}`;
    return `${mark.text} (${from} – ${over})`;
  }

  // How far from the pointer a value may lie and still be what it reads, in ms.
  get reach() {
    const [since, until] = this.window;
    return ((until - since) / Math.max(this.parts.plot.clientWidth, 1)) * NEAR_PX;
  }

  pointed(x) {
    if (this.graph) pointAt(this.graph.toDataXCoord(x), this);
  }

  left() {
    pointAt(null, this);
  }

  // The crosshair, wherever on the page the pointer is.
  cross(at, isHere) {
    const { parts, graph } = this;
    if (!graph) return;
    const [since, until] = this.window;
    const isInside = at !== null && at >= since && at <= until;
    this.at = isInside ? at : null;
    parts.cross.style.display = isInside ? "block" : "none";
    if (isInside) parts.cross.style.left = `${graph.toDomXCoord(at)}px`;
    this.read(this.at);
    parts.root.classList.toggle("sw-chart-here", isHere && isInside);
  }

  // The keyboard goes from point to point of what is seen.
  step(count) {
    if (!this.graph) return;
    const [since, until] = this.window;
    const points = this.lines
      .flatMap((line) => [...line.at].filter((at, index) => !Number.isNaN(line.mean[index])))
      .filter((at) => at >= since && at <= until)
      .sort((a, b) => a - b);
    if (!points.length) return;
    const here = this.at ?? points[points.length - 1] + (count < 0 ? 1 : 0);
    let index = points.findIndex((at) => at >= here);
    if (index < 0) index = points.length;
    const next = points[Math.min(Math.max(index + count, 0), points.length - 1)];
    pointAt(next, this);
    this.parts.spoken.textContent = this.reads.join(", ");
  }

  dragged(from, to) {
    if (!this.graph) return;
    const ends = [from, to].map((x) => this.graph.toDataXCoord(x)).sort((a, b) => a - b);
    this.lookAt(...ends);
  }

  zoom(factor) {
    if (!this.graph) return;
    const [since, until] = this.window;
    const middle = this.at ?? (since + until) / 2;
    this.lookAt(middle - (middle - since) * factor, middle + (until - middle) * factor);
  }

  lookAt(since, until) {
    const now = this.header.now;
    const short = SHORTEST_MS - (until - since);
    const [from, to] = short > 0 ? [since - short / 2, until + short / 2] : [since, until];
    // Farther than now there is nothing but a forecast.
    const end = this.header.forecast ? to : Math.min(to, Math.max(now, this.header.end));
    if (end > from) lookAt(this.group, { since: Math.round(from), until: Math.round(end) });
  }

  whole() {
    const { since, until } = this.data.window;
    lookAt(this.group, null, since === undefined ? null : { since, until });
  }

  windowChanged() {
    clearTimeout(this.timer);
    this.request?.abort();
    if (!this.header) return;
    this.draw();
    this.timer = setTimeout(() => this.isSeen && this.load(), SETTLE_MS);
    this.isStale = !this.isSeen;
  }

  toggleFull() {
    if (this.isFull) document.exitFullscreen();
    else this.parts.root.requestFullscreen?.();
  }

  toggleTable() {
    if (this.table) {
      this.table.remove();
      this.table = null;
    } else {
      this.fillTable();
    }
    this.parts.buttons.table.setAttribute("aria-pressed", String(Boolean(this.table)));
  }

  fillTable() {
    this.table?.remove();
    const { data, clock } = this;
    if (!this.header) return;
    const { time, value, range, part } = data.words;
    const [since, until] = this.window;
    const rows = this.lines.flatMap((line) =>
      [...line.at].flatMap((at, index) => {
        if (Number.isNaN(line.mean[index]) || at < since || at > until) return [];
        const band = line.banded ? `${quantity(line.low[index], data)} … ${quantity(line.high[index], data)}` : "—";
        return [[clock.exact(at), line.name, quantity(line.mean[index], data), band]];
      }),
    );
    this.table = table(this.parts.root, [time, part, value, range], rows, (count) => filled(data.words.more_rows, { count }));
  }

  // What a test, or who looks for a fault, can ask.
  state() {
    return {
      window: this.header ? this.window : null,
      ...this.summary,
      at: this.at ?? null,
      reads: this.reads ?? [],
      levels: this.lines?.map((line) => [line.name, line.level, line.width, line.count]),
      marks: this.marks.map((mark) => mark.kind),
      isFull: this.isFull,
    };
  }
}
