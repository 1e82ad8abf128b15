// Where Streamlit begins: one chart for each place on the page, kept for as long as its place is there.

import { Chart } from "./view.js";

const charts = new WeakMap();

export default function ({ data, parentElement }) {
  const known = charts.get(parentElement);
  const chart = known?.isAlive ? known : new Chart(parentElement);
  charts.set(parentElement, chart);
  chart.show(data);
  // Streamlit also calls this for a run that another has overtaken: the place is then still there.
  return () => parentElement.isConnected || chart.end();
}
