// The elements of a chart: a line to read, buttons, the picture, a table on request. Built without HTML text.

const PATHS = {
  closer: "M8 3v10M3 8h10",
  farther: "M3 8h10",
  whole: "M2 8h12M5 5 2 8l3 3M11 5l3 3-3 3",
  table: "M2 3h12v10H2zM2 7h12M7 3v10",
  csv: "M8 2v8M5 7l3 3 3-3M3 13h10",
  full: "M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4",
};

export function element(name, className, parent, attributes = {}) {
  const made = document.createElement(name);
  made.className = className;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  parent?.append(made);
  return made;
}

function icon(path, parent) {
  const space = "http://www.w3.org/2000/svg";
  const picture = document.createElementNS(space, "svg");
  picture.setAttribute("viewBox", "0 0 16 16");
  picture.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(space, "path");
  line.setAttribute("d", path);
  picture.append(line);
  parent.append(picture);
}

export function frame(place, words, actions) {
  const root = element("div", "sw-chart", place);
  const top = element("div", "sw-chart-top", root);
  const reading = element("div", "sw-chart-reading", top, { dir: "auto" });
  const tools = element("div", "sw-chart-tools", top);
  const buttons = {};
  for (const [name, action] of Object.entries(actions)) {
    const kind = name === "csv" ? "a" : "button";
    const made = element(kind, "sw-chart-tool", tools, { title: words[name], "aria-label": words[name] });
    if (kind === "button") made.type = "button";
    else made.setAttribute("role", "link"); // before it leads anywhere it is none by itself
    icon(PATHS[name], made);
    made.addEventListener("click", action);
    buttons[name] = made;
  }
  const plot = element("div", "sw-chart-plot", root, { dir: "ltr", tabindex: "0", role: "group" });
  const canvas = element("div", "sw-chart-canvas", plot);
  const cross = element("div", "sw-chart-cross", plot);
  const drag = element("div", "sw-chart-drag", plot);
  const hint = element("div", "sw-chart-hint", plot, { dir: "auto" });
  const happened = element("div", "sw-chart-happened", plot);
  const spoken = element("div", "sw-chart-spoken", root, { role: "status", "aria-live": "polite" });
  return { root, reading, buttons, plot, canvas, cross, drag, hint, happened, spoken };
}

export function write(place, texts) {
  place.replaceChildren();
  for (const text of texts) element("span", "", place, { dir: "auto" }).textContent = text;
}

const MOST_ROWS = 500;

// The values that are seen, as a table below the chart; the CSV has all of them.
export function table(root, heads, rows, more) {
  const place = element("div", "sw-chart-table", root, { tabindex: "0" });
  const made = element("table", "sw-table", place);
  const head = element("tr", "", element("thead", "", made));
  for (const text of heads) element("th", "", head, { scope: "col" }).textContent = text;
  const body = element("tbody", "", made);
  for (const cells of rows.slice(-MOST_ROWS)) {
    const row = element("tr", "", body);
    for (const text of cells) element("td", "", row, { dir: "auto" }).textContent = text;
  }
  if (rows.length > MOST_ROWS) element("p", "sw-hint", place).textContent = more(rows.length - MOST_ROWS);
  return place;
}
