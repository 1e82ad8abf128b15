// What lies below the lines: limits, what happened meanwhile, alarms and the forecast of a detector.

export const TONES = { critical: "#d63a4e", error: "#d9601a", warning: "#c98a00", info: "#4a86c8" };
const EXPECTED = "#8a97a0";
const LANE = 5; // pixels of a bar at the top: alerts in the first, work in the second
const DASHES = { critical: [], error: [], warning: [5, 4], info: [2, 3] };

export function drawBelow(context, area, graph, chart) {
  const picture = { context, area, x: (at) => graph.toDomXCoord(at), y: (value) => graph.toDomYCoord(value) };
  context.save();
  context.beginPath();
  context.rect(area.x, area.y, area.w, area.h);
  context.clip();
  for (const mark of chart.marks) drawMark(picture, mark, chart);
  for (const [since, until] of chart.header.alarms ?? []) shade(picture, since, until, TONES.warning, 0.16);
  for (const limit of chart.data.limits) drawLimit(picture, limit);
  for (const level of chart.data.levels ?? []) drawLevel(picture, level);
  if (chart.header.forecast) drawForecast(picture, chart.header, chart.lines[0]);
  context.restore();
}

function drawMark(picture, mark, chart) {
  const { context, area, x } = picture;
  const tone = TONES[mark.severity];
  const end = mark.end ?? chart.header.now;
  const [left, right] = [x(mark.start), Math.max(x(end), x(mark.start) + 2)];
  context.fillStyle = tone;
  if (mark.kind === "downtime") shade(picture, mark.start, end, tone, 0.14);
  if (mark.kind === "alert") {
    if (mark.metric === chart.data.metric) shade(picture, mark.start, end, tone, 0.1);
    context.fillRect(left, area.y, right - left, LANE - 1);
  }
  if (mark.kind === "order") context.fillRect(left, area.y + LANE, right - left, LANE - 1);
  if (mark.kind === "event") context.fillRect(left - 1, area.y + area.h - 7, 2, 7);
  if (mark.kind === "service") line(picture, [[left, area.y], [left, area.y + area.h]], "#0b9e77", [6, 3]);
}

function shade({ context, area, x }, since, until, tone, strength) {
  context.save();
  context.globalAlpha = strength;
  context.fillStyle = tone;
  context.fillRect(x(since), area.y, Math.max(x(until) - x(since), 1), area.h);
  context.restore();
}

function line({ context }, points, tone, dashes) {
  context.save();
  context.strokeStyle = tone;
  context.lineWidth = 1.4;
  context.setLineDash(dashes);
  context.beginPath();
  points.forEach(([left, top], index) => (index ? context.lineTo(left, top) : context.moveTo(left, top)));
  context.stroke();
  context.restore();
}

function drawLevel(picture, level) {
  const { area, y } = picture;
  line(picture, [[area.x, y(level)], [area.x + area.w, y(level)]], EXPECTED, [2, 3]);
}

function drawLimit(picture, limit) {
  const { context, area, y } = picture;
  const top = y(limit.value);
  const [from, to] = limit.upwards ? [area.y, top] : [top, area.y + area.h];
  context.save();
  context.globalAlpha = 0.07;
  context.fillStyle = limit.colour;
  if (to > from) context.fillRect(area.x, from, area.w, to - from);
  context.restore();
  line(picture, [[area.x, top], [area.x + area.w, top]], limit.colour, DASHES[limit.severity] ?? []);
}

// From the newest value to the limit: the likeliest way, and between the earliest and the latest a shade.
function drawForecast(picture, { forecast, limit }, values) {
  const { context, x, y } = picture;
  let last = values.count - 1;
  while (last >= 0 && Number.isNaN(values.mean[last])) last -= 1;
  if (last < 0) return;
  const [left, top, at] = [x(values.at[last]), y(values.mean[last]), y(limit)];
  const far = x(forecast.latest ?? forecast.at) + (forecast.latest ? 0 : picture.area.w);
  context.save();
  context.globalAlpha = 0.2;
  context.fillStyle = EXPECTED;
  context.beginPath();
  context.moveTo(left, top);
  context.lineTo(x(forecast.earliest ?? forecast.at), at);
  context.lineTo(far, at);
  context.fill();
  context.restore();
  line(picture, [[left, top], [x(forecast.at), at]], EXPECTED, [5, 4]);
  line(picture, [[picture.area.x, at], [picture.area.x + picture.area.w, at]], TONES.error, []);
}

// The words of what happened at a time, within `reach` ms of it.
export function marksAt(marks, at, reach, now) {
  return marks.filter((mark) => mark.start - reach <= at && at <= (mark.end ?? now) + reach);
}
