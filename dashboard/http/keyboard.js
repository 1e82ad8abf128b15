// What opens below a button is entered when it was opened by keyboard, and leaves the keyboard at its button again.
// Streamlit draws it at the end of the page, behind everything else that the tabulator key reaches.
(() => {
  const BODY = "[data-testid=stPopoverBody]";
  const REACHED = "button:enabled, input:enabled, textarea:enabled, a[href], [tabindex='0']";
  const FRAMES = 120; // that it may take to open
  let opener = null;

  function enter(left) {
    const body = document.querySelector(BODY);
    const first = [...(body?.querySelectorAll(REACHED) ?? [])].find((place) => place.checkVisibility());
    if (first) first.focus();
    else if (left > 0) requestAnimationFrame(() => enter(left - 1));
  }

  function leave(left) {
    if (!document.querySelector(BODY)) opener?.focus();
    else if (left > 0) requestAnimationFrame(() => leave(left - 1));
  }

  addEventListener("keydown", ({ key, target }) => {
    const button = target.closest?.("[data-testid=stPopover] button");
    if (button && (key === "Enter" || key === " ") && !document.querySelector(BODY)) {
      opener = button;
      requestAnimationFrame(() => enter(FRAMES));
    }
    if (key === "Escape" && opener && document.querySelector(BODY)) leave(FRAMES);
  }, { capture: true });
})();
