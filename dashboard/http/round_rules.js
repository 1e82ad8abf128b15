// What a phone asks about a number. It has no rule of its own: it compares with what the page carries, which the
// server made of its rules (round_data.py), and the same cases are put to both (tests/dashboard/http/round_cases.py).
const RoundRules = (() => {
  const DAY = 24 * 3600 * 1000;

  const filled = (words, values) => words.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

  function plain(spelling, typed) {
    const signs = [...typed];
    while (signs.length && spelling.around.includes(signs[0])) signs.shift();
    while (signs.length && spelling.around.includes(signs.at(-1))) signs.pop();
    return signs.map((sign) => spelling.latin[sign] ?? sign).join("");
  }

  const matches = (pattern, text) => new RegExp(`^(?:${pattern})$`).test(text);

  // Its digits and the place of its point, however it is written.
  function canonical(text) {
    const [, sign, whole, part = "", power = "0"] = /^([+-]?)(\d+)\.?(\d*)(?:e([+-]?\d+))?$/.exec(text);
    const digits = (whole + part).replace(/^0+/, "");
    const bare = digits.replace(/0+$/, "");
    if (!bare) return "0";
    return `${sign === "-" ? "-" : ""}${bare}e${Number(power) - part.length + digits.length - bare.length}`;
  }

  // {value}, or {wrong} in words.
  function read(spelling, typed) {
    const text = plain(spelling, typed);
    if (matches(spelling.thousands, text)) {
      const ways = { typed, thousands: text.replace(",", ""), decimals: text.replace(",", ".") };
      return { wrong: filled(spelling.ambiguous, ways) };
    }
    if (!matches(spelling.number, text)) return { wrong: filled(spelling.no_number, { typed }) };
    const point = text.replace(",", ".");
    const value = Number(point) + 0;
    if (canonical(String(value)) !== canonical(point)) return { wrong: filled(spelling.too_exact, { typed }) };
    return { value };
  }

  function isCrossed(bound, value, at) {
    const limit = bound.value + bound.a_day * Math.max((at - bound.since) / DAY, 1);
    if (bound.unless && bound.unless[0] <= value && value < bound.unless[1]) return false;
    return bound.side === "above" ? value > limit : value < limit;
  }

  // {wrong}: it cannot be; {asked}: it hardly can; neither: it is taken. All in words.
  function judge(line, typed, at, spelling) {
    const number = read(spelling, typed);
    if (number.wrong) return number;
    const { value } = number;
    const [low, high] = line.plausible ?? [-Infinity, Infinity];
    if (value < low || value > high) return { value, wrong: filled(line.impossible, { value: typed }) };
    const bound = line.bounds.find((each) => isCrossed(each, value, at));
    return bound ? { value, asked: filled(bound.words, { typed }) } : { value };
  }

  // The worst limit that it breaks, in words; nothing if it breaks none.
  function outside(line, value) {
    const broken = line.limits.find((limit) =>
      limit.side === "above" ? value > limit.value : value < limit.value);
    return broken?.words;
  }

  return { judge, outside, filled };
})();
if (typeof module !== "undefined") module.exports = RoundRules;
