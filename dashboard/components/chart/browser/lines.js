// The bytes of dashboard/views/chart_lines.py, and what is made of them for drawing and reading.

export function unpacked(buffer) {
  const size = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, size)));
  let place = 4 + size;
  const numbers = (count) => {
    const values = new Float64Array(buffer, place, count);
    place += 8 * count;
    return values;
  };
  const lines = header.lines.map((line) => {
    const mean = numbers(line.count);
    const [low, high] = line.banded ? [numbers(line.count), numbers(line.count)] : [mean, mean];
    const steps = numbers(line.count);
    const at = new Float64Array(line.count);
    let time = line.start;
    steps.forEach((step, index) => (at[index] = time += step));
    return { ...line, at, mean, low, high };
  });
  return { ...header, lines };
}

// A row a time, as the library wants them: null where a line has no point, NaN where it has a gap.
export function rowsOf(lines) {
  const times = [...new Set(lines.flatMap((line) => [...line.at]))].sort((a, b) => a - b);
  const next = lines.map(() => 0);
  return times.map((time) => [
    time,
    ...lines.map((line, number) => {
      let index = -1;
      // Of two points of one moment the last counts.
      while (line.at[next[number]] === time) index = next[number]++;
      return index < 0 ? null : [line.low[index], line.mean[index], line.high[index]];
    }),
  ]);
}

// The point of a line that is nearest to a time, if one is nearer than `reach` ms; else null.
export function nearest(line, time, reach) {
  let low = 0;
  let high = line.count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (line.at[middle] < time) low = middle + 1;
    else high = middle;
  }
  let best = null;
  // A row of a gap may stand beside the nearest point.
  for (let index = Math.max(low - 2, 0); index < Math.min(low + 2, line.count); index += 1) {
    const away = Math.abs(line.at[index] - time);
    if (!Number.isNaN(line.mean[index]) && away <= reach && (best === null || away < best.away)) {
      best = { away, index, at: line.at[index], mean: line.mean[index], low: line.low[index], high: line.high[index] };
    }
  }
  return best;
}

// What can be said of what is seen: newest, lowest and highest value, gaps.
export function summary(lines, since, until) {
  const seen = { newest: null, low: Infinity, high: -Infinity, gaps: 0, points: 0 };
  for (const line of lines) {
    for (let index = 0; index < line.count; index += 1) {
      if (line.at[index] < since || line.at[index] > until) continue;
      if (Number.isNaN(line.mean[index])) {
        seen.gaps += 1;
        continue;
      }
      seen.points += 1;
      seen.low = Math.min(seen.low, line.low[index]);
      seen.high = Math.max(seen.high, line.high[index]);
      if (seen.newest === null || line.at[index] >= seen.newest.at) {
        seen.newest = { at: line.at[index], value: line.mean[index] };
      }
    }
  }
  return seen;
}
