// Mouse, finger and keyboard on a chart. A finger that moves scrolls the page: only a tap reads a value.

const DRAGGED = 6; // pixels: less is a click

export function handle(chart, parts) {
  const { plot, drag } = parts;
  let begin = null;
  const x = (event) => event.clientX - plot.getBoundingClientRect().left;

  plot.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "mouse" || event.button !== 0) return;
    begin = x(event);
    plot.setPointerCapture(event.pointerId);
    plot.focus({ preventScroll: true });
    event.preventDefault();
  });
  plot.addEventListener("pointermove", (event) => {
    if (event.pointerType !== "mouse") return;
    chart.pointed(x(event));
    const isDragging = begin !== null && Math.abs(x(event) - begin) > DRAGGED;
    drag.style.display = isDragging ? "block" : "none";
    if (isDragging) {
      drag.style.left = `${Math.min(begin, x(event))}px`;
      drag.style.width = `${Math.abs(x(event) - begin)}px`;
    }
  });
  plot.addEventListener("pointerup", (event) => {
    if (event.pointerType !== "mouse") return chart.pointed(x(event));
    drag.style.display = "none";
    if (begin !== null && Math.abs(x(event) - begin) > DRAGGED) chart.dragged(begin, x(event));
    begin = null;
    return undefined;
  });
  plot.addEventListener("pointercancel", () => {
    begin = null;
    drag.style.display = "none";
  });
  plot.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && chart.left());
  plot.addEventListener("dblclick", () => chart.whole());
  plot.addEventListener("keydown", (event) => {
    const action = {
      ArrowLeft: () => chart.step(event.shiftKey ? -10 : -1),
      ArrowRight: () => chart.step(event.shiftKey ? 10 : 1),
      Home: () => chart.step(-Infinity),
      End: () => chart.step(Infinity),
      "+": () => chart.zoom(0.5),
      "=": () => chart.zoom(0.5),
      "-": () => chart.zoom(2),
      0: () => chart.whole(),
      Escape: () => chart.left(),
    }[event.key];
    if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    action();
  });
}
