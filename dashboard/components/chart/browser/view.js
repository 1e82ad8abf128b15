// A chart: asks for its values when it comes into sight, draws them, and can be looked at closer.

import { frame, table, write } from "./frame.js";
import { handle } from "./hand.js";
import { rowsOf, summary, unpacked } from "./lines.js";
import { asked, join, leave, loaded, lookAt, marksOf, pointAt, url, windowOf } from "./page.js";
import { options } from "./picture.js";
import { happenedAt, label, tableOf, textsAt } from "./reading.js";
import { Clock, filled } from "./words.js";

const AGAIN_MS = 15000; // after a failure
const SETTLE_MS = 250; // before finer values are asked for
const SHORTEST_MS = 10000; // that can be looked at
const POINTS = 360;
const FULL_POINTS = 1200;

export class Chart {
  constructor(place) {
    this.place = place;
    this.marks = [];
    this.texts = [];
    this.happened = [];
    this.table = null;
    this.at = null; // where the crosshair stands
    this.isSeen = false;
  }

  get isAlive() {
    return this.place.isConnected && !this.isOver;
  }

  get group() {
    return this.data.group;
  }

  get isFull() {
    return document.fullscreenElement === this.parts.root;
  }

  // Start and end of what is drawn: a part that is looked at closer, or what was answered.
  get window() {
    const part = windowOf(this.group);
    return part ? [part.since, part.until] : [this.header.start, this.header.end];
  }

  // How long a pixel is, in ms.
  get pixel() {
    const [since, until] = this.window;
    return (until - since) / Math.max(this.parts.plot.clientWidth, 1);
  }

  // What the page says now; if that is the same, nothing but colours may have changed.
  show(data) {
    const isSame = JSON.stringify(data) === JSON.stringify(this.data);
    this.data = data;
    if (!this.parts) this.build();
    if (isSame) return this.draw();
    this.graph?.destroy();
    this.header = this.graph = null;
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
    const seen = (entries) => this.seen(entries[entries.length - 1].isIntersecting);
    this.sight = new IntersectionObserver(seen, { rootMargin: "150px" });
    this.sight.observe(this.parts.root);
    this.size = new ResizeObserver(() => this.draw());
    this.size.observe(this.parts.plot);
    this.parts.root.addEventListener("fullscreenchange", () => this.windowChanged());
    this.onVisible = () => this.isSeen && this.load();
    document.addEventListener("visibilitychange", this.onVisible);
  }

  end() {
    this.isOver = true;
    leave(this);
    clearTimeout(this.timer);
    this.request?.abort();
    this.sight.disconnect();
    this.size.disconnect();
    this.graph?.destroy();
    document.removeEventListener("visibilitychange", this.onVisible);
  }

  seen(isSeen) {
    if (!this.isAlive) return this.end();
    this.isSeen = isSeen;
    clearTimeout(this.timer);
    return isSeen && this.load();
  }

  // What is asked for: the part that is looked at closer, or the range of the page.
  get query() {
    const part = windowOf(this.group);
    const { span, since, until } = this.data.window;
    if (part) return part;
    return span ? { span } : { since, until };
  }

  get points() {
    return this.isFull ? FULL_POINTS : POINTS;
  }

  async load() {
    clearTimeout(this.timer);
    this.request?.abort();
    if (document.visibilityState !== "visible") return;
    const { signal } = (this.request = new AbortController());
    const { data, query } = this;
    try {
      const [values, marks, library] = await Promise.all([
        asked(data.lines, data.csv ? { ...query, points: this.points } : query, signal).then((answer) => answer.arrayBuffer()),
        marksOf(data.marks, query).catch(() => []),
        loaded(data.library),
      ]);
      if (!signal.aborted && this.isAlive) this.take(unpacked(values), marks, library);
    } catch (error) {
      if (signal.aborted || !this.isAlive) return;
      this.parts.hint.textContent = error.status === 401 ? data.words.signed_out : data.words.lost;
      this.timer = setTimeout(() => this.isSeen && this.load(), AGAIN_MS);
    }
  }

  take(header, marks, library) {
    this.parts.root.classList.toggle("sw-chart-many", header.lines.length > 1);
    Object.assign(this, { header, lines: header.lines, marks, library });
    this.clock = new Clock(header.offsets, this.data.words, this.data.calendar);
    this.draw();
    const { every } = this.data.window;
    if (every && !windowOf(this.group)) {
      this.timer = setTimeout(() => this.isSeen && this.load(), every * 1000);
    }
  }

  draw() {
    const { parts } = this;
    if (!this.header || !parts.plot.clientWidth) return;
    this.summary = summary(this.lines, ...this.window);
    parts.hint.textContent = this.summary.points ? "" : this.data.words.nothing;
    const rows = rowsOf(this.lines);
    // The library draws nothing at all without a row.
    const file = rows.length ? rows : [[this.header.start, ...this.lines.map(() => null)]];
    if (this.graph) {
      this.graph.updateOptions({ ...options(this), file }, true);
      this.graph.resize(parts.plot.clientWidth, parts.plot.clientHeight);
    } else {
      this.graph = new this.library(parts.canvas, file, options(this));
    }
    this.tell();
  }

  // All that is said in words, and where the CSV of it is.
  tell() {
    const { data, parts } = this;
    parts.plot.setAttribute("aria-label", label(this));
    parts.buttons.whole.hidden = !windowOf(this.group);
    if (data.csv) {
      const address = url(data.csv);
      const [since, until] = this.window;
      for (const [name, value] of Object.entries({ since, until, points: this.points })) {
        address.searchParams.set(name, value);
      }
      parts.buttons.csv.href = address;
      parts.buttons.csv.download = "";
    }
    this.cross(this.at, false);
    if (this.table) this.fillTable();
  }

  // The crosshair, wherever on the page the pointer is; null takes it away. What happened is said once, here.
  cross(at, isHere) {
    if (!this.graph) return;
    const { parts } = this;
    const [since, until] = this.window;
    this.at = at !== null && at >= since && at <= until ? at : null;
    parts.cross.style.display = this.at === null ? "none" : "block";
    if (this.at !== null) parts.cross.style.left = `${this.graph.toDomXCoord(at)}px`;
    this.texts = textsAt(this, this.at);
    this.happened = isHere ? happenedAt(this, this.at) : [];
    write(parts.reading, this.texts);
    write(parts.happened, this.happened);
  }

  pointed(x) {
    if (this.graph) pointAt(this.graph.toDataXCoord(x), this);
  }

  left() {
    pointAt(null, this);
  }

  // The keyboard goes from point to point of what is seen.
  step(count) {
    if (!this.graph) return;
    const [since, until] = this.window;
    const times = this.lines.flatMap((line) => [...line.at].filter((_, index) => !Number.isNaN(line.mean[index])));
    const points = times.filter((at) => at >= since && at <= until).sort((a, b) => a - b);
    if (!points.length) return;
    const here = points.findIndex((at) => at >= (this.at ?? Infinity));
    const index = (here < 0 ? points.length - (count > 0) : here) + count;
    pointAt(points[Math.min(Math.max(index, 0), points.length - 1)], this);
    this.parts.spoken.textContent = [...this.texts, ...this.happened].join(", ");
  }

  dragged(from, to) {
    if (!this.graph) return;
    const [since, until] = [from, to].map((x) => this.graph.toDataXCoord(x)).sort((a, b) => a - b);
    this.lookAt(since, until);
  }

  zoom(factor) {
    if (!this.graph) return;
    const [since, until] = this.window;
    const middle = this.at ?? (since + until) / 2;
    this.lookAt(middle - (middle - since) * factor, middle + (until - middle) * factor);
  }

  lookAt(since, until) {
    const room = Math.max(SHORTEST_MS - (until - since), 0) / 2;
    // Farther than now there is nothing but a forecast.
    const end = this.header.forecast ? until : Math.min(until, Math.max(this.header.now, this.header.end));
    lookAt(this.group, { since: Math.round(since - room), until: Math.round(end + room) });
  }

  whole() {
    const { since, until } = this.data.window;
    lookAt(this.group, null, since === undefined ? null : { since, until });
  }

  windowChanged() {
    clearTimeout(this.timer);
    this.request?.abort();
    if (windowOf(this.group)) this.draw(); // at once, of what there is
    this.timer = setTimeout(() => this.isSeen && this.load(), SETTLE_MS);
  }

  toggleFull() {
    if (this.isFull) document.exitFullscreen();
    else this.parts.root.requestFullscreen?.();
  }

  toggleTable() {
    if (!this.header) return;
    if (this.table) this.table = this.table.remove() ?? null;
    else this.fillTable();
    this.parts.buttons.table.setAttribute("aria-pressed", String(this.table !== null));
  }

  fillTable() {
    this.table?.remove();
    const more = (count) => filled(this.data.words.more_rows, { count });
    this.table = table(this.parts.root, ...tableOf(this), more);
  }

  // What a test, or who looks for a fault, can ask.
  state() {
    return {
      window: this.header ? this.window : null,
      ...this.summary,
      at: this.at,
      texts: this.texts,
      happened: this.happened,
      levels: this.lines?.map(({ name, level, width, count, banded }) => ({ name, level, width, count, banded })),
      marks: this.marks.map((mark) => mark.kind),
      isFull: this.isFull,
    };
  }
}
