// Keeps the page of the round and its scripts, so that it opens without a network. Nothing else passes by here: the
// newest that came is kept, and what comes now goes first.
const KEPT = "scanward-round";
const OWN = /\/round(\/(rules|clock|round)\.js)?$/;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim().then(keepAll)));

// The page that registered this worker came before it.
async function keepAll() {
  const page = self.registration.scope;
  const kept = await caches.open(KEPT);
  for (const address of [page, ...["rules", "clock", "round"].map((name) => `${page}/${name}.js`)]) {
    try {
      const answer = await fetch(address, { credentials: "same-origin" });
      if (answer.ok && !answer.redirected) await kept.put(address, answer);
    } catch { /* next time */ }
  }
}

async function newest(request) {
  const kept = await caches.open(KEPT);
  try {
    const answer = await fetch(request);
    if (answer.ok && !answer.redirected) await kept.put(request, answer.clone());
    return answer;
  } catch (error) {
    const before = await kept.match(request) ?? await kept.match(request, { ignoreSearch: true });
    if (before) return before;
    throw error;
  }
}

self.addEventListener("fetch", (event) => {
  if (event.request.method === "GET" && OWN.test(new URL(event.request.url).pathname)) {
    event.respondWith(newest(event.request));
  }
});
