// Keeps an open page true: counts ages, has it drawn anew when there is something new, and says when the server is away.
// It stands in the HTML of every page of Streamlit (addresses.py); what it asks is answered by live_state.py.
(() => {
  const EVERY = 5000; // ms between two questions; a tab in the background asks nothing
  const IDLE_AFTER = 60000; // so long after the last touch, values are drawn
  const IDLE_EVERY = 30000; // no more often than this; a state or an alert always at once
  const SELECTED_FOR = 60000; // for so long a selection keeps the page as it is
  const AWAY_AFTER = 2000;
  const base = window.__streamlit.BACKEND_BASE_URL;
  const started = Date.now();
  let words, ahead = 0; // ms that the server's clock is ahead of this one
  let contact = started, touched = started, drawn = 0, asked = 0, failures = 0;
  let selected = 0, lost = 0, isOut = false, isAsking = false, wasConnected = false;

  const find = (selector) => document.querySelector(selector);
  const digits = (text) => text.replace(/[0-9]/g, (digit) => words.digits[digit]);

  function span(length) {
    const seconds = Math.floor(Math.max(length, 0) / 1000);
    const [name, size] = [["days", 86400], ["hours", 3600], ["minutes", 60], ["seconds", 1]]
      .find(([, size]) => seconds >= size) || ["seconds", 1];
    return words[name].replace("{large}", digits(String(Math.floor(seconds / size))));
  }

  const age = (length) => words.ago.replace("{span}", span(length));

  function countAges() {
    const now = Date.now() + ahead;
    for (const element of document.querySelectorAll("time.sw-ago")) {
      const text = age(now - Number(element.dataset.at));
      if (element.firstChild && element.textContent !== text) element.firstChild.data = text;
    }
  }

  function isSelecting(now) {
    const selection = document.getSelection();
    if (!selection || selection.isCollapsed) selected = 0;
    else selected = selected || now;
    return selected > 0 && now - selected < SELECTED_FOR;
  }

  function drawAnew(state) {
    const mark = find(".sw-drawn"), now = Date.now();
    if (!mark || find("[data-test-script-state=running]")) return;
    const isUrgent = mark.dataset.urgent !== state.urgent;
    if (!isUrgent && mark.dataset.whole === state.whole) return;
    const isIdle = now - touched > IDLE_AFTER;
    if (!isUrgent && (isSelecting(now) || (isIdle && now - drawn < IDLE_EVERY))) return;
    drawn = now;
    find(".st-key-sw-again button")?.click();
  }

  async function ask() {
    const mark = find(".sw-drawn");
    const query = new URLSearchParams({ device: mark?.dataset.device || "" });
    if (!words) query.set("words", "1");
    isAsking = true;
    asked = Date.now();
    try {
      const reply = await fetch(new URL(`live?${query}`, base), { signal: AbortSignal.timeout(10000) });
      failures = 0;
      isOut = reply.status === 401;
      if (!reply.ok) return;
      const state = await reply.json();
      ahead = state.at - Date.now();
      contact = Date.now();
      words = state.words || words;
      drawAnew(state);
    } catch {
      failures += 1;
    } finally {
      isAsking = false;
    }
  }

  function isAway(now) {
    const state = find("[data-testid=stApp]")?.getAttribute("data-test-connection-state");
    const isConnected = state === "CONNECTED";
    wasConnected = wasConnected || isConnected;
    if (isConnected && failures < 2) {
      if (!find(".sw-drawn")) contact = now;
      lost = 0;
      return false;
    }
    lost = lost || now;
    // Streamlit's own dialog is of another language, and covers the page; look.css hides it until it is closed.
    if (!isConnected) find("[data-testid=stDialog] button[aria-label=Close]")?.click();
    return wasConnected && now - lost >= AWAY_AFTER;
  }

  function show(text, link) {
    let banner = find("#sw-connection");
    if (!text) return banner?.remove();
    if (!banner) {
      banner = document.createElement("div");
      banner.id = "sw-connection";
      banner.setAttribute("role", "alert");
      document.body.append(banner);
    }
    if (banner.textContent !== text + (link ? " " + words.sign_in : "")) {
      banner.replaceChildren(text);
      if (link) {
        const anchor = Object.assign(document.createElement("a"), { href: "login", textContent: words.sign_in });
        banner.append(" ", anchor);
      }
    }
  }

  function tick() {
    const now = Date.now();
    if (!document.hidden) {
      const isDue = now - asked >= EVERY - 500 && (!words || find(".sw-drawn") || failures || isOut || lost);
      if (isDue && !isAsking) ask();
      const away = isAway(now);
      if (words) {
        countAges();
        show(isOut ? words.signed_out : away ? words.away.replace("{age}", age(now - contact)) : "", isOut);
      }
    }
    clearTimeout(timer);
    timer = setTimeout(tick, now - touched > IDLE_AFTER && !find("#sw-connection") ? EVERY : 1000);
  }

  let timer = setTimeout(tick, 0);
  const touch = () => { touched = Date.now(); };
  for (const kind of ["pointermove", "pointerdown", "keydown", "scroll"]) {
    addEventListener(kind, touch, { passive: true, capture: true });
  }
  document.addEventListener("visibilitychange", () => { asked = 0; tick(); });
})();
