// The server's time in the phone. Its distance to the phone's clock, whatever that shows, is learned whenever the server
// answers; a clock that leaps meanwhile is not believed, the counter of the page is.
const RoundClock = (carried, clock = Date, counter = performance, memory = () => localStorage) => {
  const ASLEEP = 12 * 3600_000; // ms: a phone asleep stops its counter; more is a clock put right
  const BACK = 5000; // ms: so far a clock may be set back unnoticed
  let offset = carried - clock.now();
  let base = null;
  try { offset = Number(memory().getItem("round-offset") ?? offset); } catch { /* not allowed here */ }

  function learn(at) {
    offset = at - clock.now();
    base = { at, date: clock.now(), count: counter.now() };
    try { memory().setItem("round-offset", String(offset)); } catch { /* full, or not allowed */ }
  }

  function now() {
    if (!base) return Math.round(clock.now() + offset);
    const ran = counter.now() - base.count;
    const shown = clock.now() - base.date;
    return Math.round(base.at + (shown < ran - BACK || shown > ran + ASLEEP ? ran : shown));
  }

  return { learn, now };
};
if (typeof module !== "undefined") module.exports = RoundClock;
