// The round in the phone. What is typed is kept there at once, each entry with a key of its own, and is sent when
// the server can be reached; the server takes each key once, so sending twice, two tabs and a reload do no harm.
(() => {
  const carried = JSON.parse(document.getElementById("round").textContent);
  const { lines, words, spelling, devices } = carried;
  const { judge, outside, filled } = RoundRules;
  const AGAIN = 10_000; // ms, while something waits
  const REMEMBERED = 12 * 3600_000; // ms: what was sent is shown so long, then dropped
  const SIDE = 1600; // pixels of a photo
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const digits = (text) => String(text).replace(/\d/g, (digit) => carried.digits[digit] ?? digit);
  const counted = (key, values) =>
    filled(words[key], Object.fromEntries(Object.entries(values).map(([name, value]) => [name, digits(value)])));

  const { learn, now } = RoundClock(carried.now);
  function newKey() {
    return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  // What is kept: in the phone's own database, and on this page; on the page alone where the phone has no room.
  const entries = new Map();
  let database = null, isFull = false;
  const opened = new Promise((done) => {
    try {
      const request = indexedDB.open("scanward-round", 1);
      request.onupgradeneeded = () => request.result.createObjectStore("entries", { keyPath: "key" });
      request.onsuccess = () => { database = request.result; done(); };
      request.onerror = request.onblocked = () => { isFull = true; done(); };
    } catch { isFull = true; done(); }
  });
  const store = (mode, act) => new Promise((done, fail) => {
    if (!database) { fail(); return; }
    const change = database.transaction("entries", mode, { durability: "strict" });
    const request = act(change.objectStore("entries"));
    change.oncomplete = () => done(request.result);
    change.onerror = change.onabort = () => fail();
  });
  async function keep(entry) {
    entries.set(entry.key, entry);
    try { await store("readwrite", (box) => box.put(entry)); } catch { isFull = true; }
  }
  async function drop(key) {
    entries.delete(key);
    try { await store("readwrite", (box) => box.delete(key)); } catch { /* it is sent again, and taken once */ }
  }
  // Another tab may have typed, or sent, meanwhile.
  async function load() {
    await opened;
    let kept;
    try { kept = await store("readonly", (box) => box.getAll()); } catch { return; }
    for (const key of entries.keys()) if (!isFull && !kept.some((entry) => entry.key === key)) entries.delete(key);
    for (const entry of kept) {
      if (entry.state === "sent" && Math.abs(now() - entry.at) > REMEMBERED) await drop(entry.key);
      else if (!sending.has(entry.key)) entries.set(entry.key, entry);
    }
  }

  const sending = new Set();
  let isBusy = false, isSignedOut = false, user = carried.user;
  const waiting = () => [...entries.values()].filter((entry) => entry.state === "kept" && entry.user === user);
  async function send() {
    if (isBusy) return;
    isBusy = true;
    try {
      await load();
      const answer = await fetch("round/state", { cache: "no-store" });
      isSignedOut = answer.status === 401;
      if (!answer.ok) return;
      const state = await answer.json();
      learn(state.at);
      user = state.user;
      await sendTyped(state.token);
      await sendPhotos(state.token);
    } catch { /* no network: later */ } finally {
      sending.clear();
      isBusy = false;
      show();
    }
  }
  async function sendTyped(token) {
    const batch = waiting().filter((entry) => !entry.photo).slice(0, 200);
    if (!batch.length) return;
    batch.forEach((entry) => sending.add(entry.key));
    const body = JSON.stringify({ token, entries: batch.map((entry) => ({
      key: entry.key, device: entry.device, metric: entry.metric, component: entry.component, typed: entry.typed,
      skipped: entry.skipped || null, sure: entry.sure, instead_of: entry.instead_of, at: entry.at })) });
    const answer = await fetch("round/entries", { method: "POST", headers: { "Content-Type": "application/json" }, body });
    if (!answer.ok) throw new Error("not taken");
    for (const result of (await answer.json()).results) {
      const entry = entries.get(result.key);
      if (!entry) continue;
      await keep({ ...entry, state: result.state === "stored" ? "sent" : result.state, why: result.why, broken: result.broken });
    }
  }
  async function sendPhotos(token) {
    for (const entry of waiting().filter((each) => each.photo)) {
      sending.add(entry.key);
      const query = new URLSearchParams({ key: entry.key, device: entry.device, at: entry.at, token });
      const answer = await fetch(`round/photos?${query}`, { method: "POST", headers: { "Content-Type": "image/jpeg" }, body: entry.photo });
      const isFinal = answer.ok || answer.status === 400 || answer.status === 413;
      if (!isFinal) throw new Error("not taken");
      const why = answer.ok ? "" : (await answer.json()).why;
      await keep({ ...entry, photo: null, isPhoto: true, state: answer.ok ? "sent" : "refused", why });
    }
  }

  // The newest entry of a line, or of a device.
  const lastOf = (match) => [...entries.values()].filter((entry) => entry.user === carried.user && match(entry))
    .sort((one, other) => one.at - other.at).at(-1);
  const isOf = (line, entry) =>
    entry.device === line.device && entry.metric === line.metric && entry.component === line.component;
  const lastOfLine = (line) => lastOf((entry) => isOf(line, entry));

  async function put(entry, before) {
    // What the server has not, nobody need know of; what it has, or may have, is put right there.
    const isUnsent = before && before.state !== "sent" && !sending.has(before.key);
    const instead_of = !before || entry.photo ? "" : isUnsent ? before.instead_of || "" : before.key;
    if (isUnsent && !entry.photo && !before.photo) drop(before.key);
    const kept = keep({ metric: "", component: "", typed: "", skipped: "", sure: false, photo: null, why: "", state: "kept",
      ...entry, key: newKey(), user: carried.user, at: now(), instead_of });
    show();
    await kept;
    send();
  }

  function write(element, text, looks = "") {
    element.textContent = text;
    element.className = `state ${looks}`.trim();
  }

  // What is asked of what stands in a box.
  function look(box, line, judged) {
    const state = box.querySelector(".state");
    box.querySelector(".sure").hidden = !judged.asked;
    if (judged.wrong) write(state, judged.wrong, "bad");
    else if (judged.asked) write(state, judged.asked, "asked");
    else {
      const broken = outside(line, judged.value);
      if (broken) write(state, broken, "out");
      else write(state, line.limits.length ? words.in_limits : "");
    }
  }

  function bindLine(box) {
    const line = lines[box.dataset.code];
    const field = box.querySelector("input[type=text], .value");
    const sure = box.querySelector(".sure input"), skip = box.querySelector(".skip");
    const type = async (isDone) => {
      const typed = field.value.trim(), before = lastOfLine(line);
      if (!typed) { write(box.querySelector(".state"), ""); box.querySelector(".sure").hidden = true; return; }
      const judged = judge(line, typed, now(), spelling);
      look(box, line, judged);
      if (!isDone || judged.wrong || (judged.asked && !sure.checked)) return;
      if (before && before.typed === typed && before.sure === sure.checked && ["kept", "sent"].includes(before.state)) return;
      skip.value = "";
      const { device, metric, component, title } = line;
      await put({ device, metric, component, title, typed, value: judged.value, sure: sure.checked }, before);
    };
    field.addEventListener("input", () => { sure.checked = false; type(false); });
    field.addEventListener("change", () => type(true));
    sure.addEventListener("change", () => type(true));
    skip.addEventListener("change", () => {
      if (!skip.value) return;
      field.value = "";
      put({ device: line.device, metric: line.metric, component: line.component, skipped: skip.value }, lastOfLine(line));
    });
  }

  function bindDevice(section) {
    const { device } = section.dataset, skip = section.querySelector(".tools .skip");
    skip.addEventListener("change", () => skip.value && put({ device, skipped: skip.value }));
    const input = section.querySelector("input[type=file]");
    input.addEventListener("change", async () => {
      const [file] = input.files;
      if (!file) return;
      const photo = await small(file);
      if (photo) await put({ device, photo });
      else write(section.querySelector(":scope > .state"), words.no_photo, "bad");
      input.value = "";
    });
  }
  // Small, upright, without its place: made in the phone. The server makes it once more.
  async function small(file) {
    try {
      const picture = await createImageBitmap(file);
      const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.max(1, Math.round(picture.width * scale));
      canvas.height = Math.max(1, Math.round(picture.height * scale));
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      return await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.82));
    } catch { return null; }
  }

  function show() {
    for (const box of all(".line")) showLine(box, lines[box.dataset.code]);
    for (const section of all("section[data-device]")) showDevice(section);
    showOutside();
    showElsewhere();
    showCounts();
  }
  function showLine(box, line) {
    const entry = lastOfLine(line), field = box.querySelector("input[type=text], .value");
    if (!entry || document.activeElement === field) return;
    if (entry.skipped) { write(box.querySelector(".state"), filled(words.skipped, { reason: reasonOf(box, entry.skipped) })); return; }
    if (field.value && field.value.trim() !== entry.typed) return; // something else is being typed
    field.value = entry.typed;
    if (entry.state === "asked" || entry.state === "refused") {
      look(box, line, entry.state === "asked" ? { asked: entry.why } : { wrong: entry.why });
      return;
    }
    look(box, line, judge({ ...line, bounds: [] }, entry.typed, entry.at, spelling));
    const state = box.querySelector(".state");
    state.textContent = [state.textContent, entry.state === "sent" ? words.sent : words.kept].filter(Boolean).join(" · ");
  }
  const reasonOf = (box, reason) => all(".skip option", box).find((option) => option.value === reason)?.textContent ?? reason;
  function showDevice(section) {
    const { device } = section.dataset, state = section.querySelector(":scope > .state");
    const left = lastOf((entry) => entry.device === device && !entry.metric && entry.skipped);
    const photo = lastOf((entry) => entry.device === device && (entry.photo || entry.isPhoto));
    const parts = [];
    if (left) parts.push(filled(words.skipped, { reason: reasonOf(section, left.skipped) }));
    if (photo) parts.push(photo.why || `${words.photo} · ${photo.state === "sent" ? words.sent : words.kept}`);
    if (parts.length) write(state, parts.join(" · "), photo?.why ? "bad" : "");
  }
  // What is out of its limits, with what to do; the alert goes out by itself as soon as it is sent.
  function showOutside() {
    const list = document.getElementById("outside");
    list.replaceChildren();
    const numbers = [...entries.values()].filter((each) => each.user === carried.user && each.typed);
    for (const entry of numbers.filter((each) => lastOfLine(each) === each && each.state !== "refused")) {
      const line = Object.values(lines).find((each) => isOf(each, entry)) ?? { ...entry, limits: [] };
      const known = outside(line, entry.value);
      const broken = entry.state === "sent" ? entry.broken && (known || entry.broken) : known;
      if (!broken) continue;
      const item = document.createElement("li"), link = document.createElement("a");
      link.href = `fault/${encodeURIComponent(line.device)}`;
      link.textContent = words.report;
      const what = entry.state === "sent" ? words.call : words.unsent;
      item.append(`${entry.title}: \u2068${entry.typed}\u2069. ${broken.replace(/\.?$/, ".")} ${what} `, link);
      list.append(item);
    }
  }
  // What was asked about and has no box on this page: perhaps it is not due any more.
  function showElsewhere() {
    const list = document.getElementById("elsewhere");
    list.replaceChildren();
    for (const entry of [...entries.values()].filter((each) => each.user === carried.user)) {
      const isHere = Object.values(lines).some((line) => isOf(line, entry)) && lastOfLine(entry) === entry;
      if (isHere || entry.photo !== null || !["asked", "refused"].includes(entry.state)) continue;
      const item = document.createElement("li"), button = document.createElement("button");
      button.textContent = words.drop;
      button.addEventListener("click", async () => { await drop(entry.key); show(); });
      item.append(`${entry.title ?? devices[entry.device] ?? entry.device}: ${entry.typed}. ${entry.why} `, button);
      list.append(item);
    }
  }
  function showCounts() {
    const total = Object.keys(lines).length;
    const isDone = (line) => {
      const entry = lastOfLine(line) ?? lastOf((each) => each.device === line.device && !each.metric && each.skipped);
      return entry && ["kept", "sent"].includes(entry.state);
    };
    const count = Object.values(lines).filter(isDone).length;
    document.getElementById("progress").textContent = counted("progress", { count, total });
    const own = [...entries.values()].filter((entry) => entry.user === carried.user);
    const unsent = own.filter((entry) => entry.state === "kept").length;
    const asked = own.filter((entry) => ["asked", "refused"].includes(entry.state)).length;
    const others = [...entries.values()].filter((entry) => entry.state === "kept" && entry.user !== carried.user).length;
    const texts = [unsent ? counted("kept_count", { count: unsent }) : own.length ? words.all_sent : words.nothing];
    if (asked) texts.push(counted("asked_count", { count: asked }));
    if (others) texts.push(counted("other", { count: others }));
    if (isFull && unsent) texts.push(words.full);
    const footer = document.querySelector("footer"), place = document.getElementById("kept");
    footer.classList.toggle("waits", Boolean(unsent || asked || others || isSignedOut));
    const text = texts.join(" · ");
    if (isSignedOut) {
      const link = document.createElement("a");
      link.href = `login?next=${encodeURIComponent("/round")}`;
      link.textContent = words.sign_in;
      place.replaceChildren(`${text} · ${words.signed_out} `, link);
    } else if (place.textContent !== text) place.textContent = text;
  }

  async function begin() {
    all(".line").forEach(bindLine);
    all("section[data-device]").forEach(bindDevice);
    await load();
    show();
    await send();
    addEventListener("online", send);
    document.addEventListener("visibilitychange", () => document.hidden || send());
    setInterval(() => { if (waiting().length || isSignedOut) send(); }, AGAIN);
    addEventListener("beforeunload", (event) => { if (isFull && waiting().length) event.preventDefault(); });
    // Without a worker (plain HTTP) the page cannot be opened again while the network is gone.
    const isWorked = await navigator.serviceWorker?.register("round/worker.js", { scope: "round" }).catch(() => null);
    document.getElementById("stay").hidden = Boolean(isWorked);
  }
  begin();
})();
