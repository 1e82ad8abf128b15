// What all charts of a page share: the script that draws, the crosshair, the time that is looked at.

const charts = new Set();
const windows = new Map(); // by group: the part that is looked at closer
const marks = new Map(); // by address: what was answered, so that a page asks once
const FRESH_MS = 20000;

let library = null;

// Streamlit says where its server is; a proxy may keep it below a path.
export const url = (path) => new URL(path, window.__streamlit?.BACKEND_BASE_URL ?? document.baseURI);

export function loaded(path) {
  library ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url(path);
    script.onload = () => resolve(window.Dygraph);
    script.onerror = () => {
      library = null;
      script.remove();
      reject(new Error("no library"));
    };
    document.head.append(script);
  });
  return library;
}

export async function asked(path, query, signal) {
  const address = url(path);
  for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
  const answer = await fetch(address, { signal, credentials: "same-origin" });
  if (!answer.ok) throw Object.assign(new Error(answer.statusText), { status: answer.status });
  return answer;
}

export function marksOf(path, query) {
  const name = JSON.stringify([path, query]);
  const now = performance.now();
  for (const [other, known] of marks) if (now - known.since > FRESH_MS) marks.delete(other);
  if (!marks.has(name)) {
    const answer = asked(path, query).then((answer) => answer.json());
    answer.catch(() => marks.delete(name));
    marks.set(name, { since: now, answer });
  }
  return marks.get(name).answer;
}

export function join(chart) {
  for (const other of charts) if (!other.isAlive) charts.delete(other);
  if (![...charts].some((other) => other.group === chart.group)) windows.delete(chart.group);
  charts.add(chart);
}

export const leave = (chart) => charts.delete(chart);

export const windowOf = (group) => windows.get(group) ?? null;

// Look closer, all charts of the group together; null shows the whole range again, which may be one of its own.
export function lookAt(group, part, own = null) {
  if (part) windows.set(group, part);
  else windows.delete(group);
  for (const chart of charts) if (chart.group === group) chart.windowChanged();
  if (group === "measured") note(part ?? own);
}

// The crosshair at a time, on every chart; null takes it away.
export function pointAt(at, here) {
  for (const chart of charts) chart.cross(at, chart === here);
}

// The address says what is looked at, so that it can be sent to somebody.
function note(part) {
  const address = new URL(location.href);
  const text = (at) => new Date(at).toISOString().replace(/\.\d+Z$/, "Z");
  for (const [name, at] of [["from", part?.since], ["to", part?.until]]) {
    if (at === undefined) address.searchParams.delete(name);
    else address.searchParams.set(name, text(at));
  }
  history.replaceState(history.state, "", address);
}
