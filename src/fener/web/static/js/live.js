// One live stream for all tabs of a browser: a browser has few connections to a host. Whichever
// visible tab holds the lock reads the stream and tells the others. A hidden tab lets it go.
const CHANNEL = "fener-live";
const LOCK = "fener-live-reader";
const QUICK = 1000;
const SLOW = 10000;
const TIDY = 60000;
const LATER = 15000;
const AT_ONCE = 100;

const heard = new BroadcastChannel(CHANNEL);
const waiting = new Map();
let giveUp = null;

export function startLive() {
  const address = document.body.dataset.liveStream;
  if (!address) return;
  heard.addEventListener("message", ({ data }) => {
    if (data.changes) take(data.changes);
    else showConnected(data.connected);
  });
  document.addEventListener("visibilitychange", () => tune(address));
  window.addEventListener("pagehide", leave);
  window.addEventListener("pageshow", () => tune(address));
  tune(address);
  setInterval(() => take([{ topic: "tidy" }]), TIDY);
}

function tune(address) {
  if (document.hidden) {
    leave();
  } else if (!giveUp) {
    const ending = new AbortController();
    giveUp = ending;
    const asked = performance.now();
    const begin = () => read(address, ending.signal, performance.now() - asked > AT_ONCE);
    navigator.locks
      ? navigator.locks.request(LOCK, { signal: ending.signal }, begin).catch(() => {})
      : begin();
  }
}

function leave() {
  giveUp?.abort();
  giveUp = null;
}

// `takesOver`: another tab read the stream before. Between two streams nobody hears what changes.
function read(address, signal, takesOver) {
  return new Promise((done) => {
    let mayHaveMissed = takesOver;
    const stream = new EventSource(address);
    const close = () => { stream.close(); done(); };
    stream.addEventListener("changes", (event) => tell(JSON.parse(event.data)));
    stream.addEventListener("open", () => {
      tellConnected(true);
      if (mayHaveMissed) tell([{ topic: "reload" }]);
      mayHaveMissed = true;
    });
    stream.addEventListener("error", () => {
      if (stream.readyState === EventSource.CLOSED) tryLater(address, close);
      fetch("/healthz", { cache: "no-store" }).catch(() => tellConnected(false));
    });
    if (signal.aborted) close();
    signal.addEventListener("abort", close);
  });
}

// The browser tries again by itself after a broken line, but not after a refusal.
function tryLater(address, close) {
  close();
  leave();
  setTimeout(() => tune(address), LATER);
}

function tell(changes) {
  heard.postMessage({ changes });
  take(changes);
}

function tellConnected(connected) {
  heard.postMessage({ connected });
  showConnected(connected);
}

let wasOffline = false;

function showConnected(isConnected) {
  document.documentElement.classList.toggle("is-offline", !isConnected);
  if (isConnected && wasOffline) take([{ topic: "reload" }]);
  wasOffline = !isConnected;
}
// Each element with data-live is asked for again when a change concerns it, but not too often.
function take(changes) {
  document.dispatchEvent(new CustomEvent("fener:changes"));
  for (const element of document.querySelectorAll("[data-live]")) {
    const wait = waitFor(element, changes);
    if (wait !== null) refreshIn(element.id, wait);
  }
}

function waitFor(element, changes) {
  const { live, liveSlow = "", liveMonitor } = element.dataset;
  const topics = changes
    .filter(({ monitor }) => !liveMonitor || !monitor || monitor === liveMonitor)
    .map(({ topic }) => topic);
  if (topics.some((topic) => topic === "reload" || live.split(" ").includes(topic))) return QUICK;
  if (topics.some((topic) => topic === "tidy" || liveSlow.split(" ").includes(topic))) return SLOW;
  return null;
}

const refreshedAt = new Map();

function refreshIn(id, wait) {
  const now = performance.now();
  const due = Math.max(now, (refreshedAt.get(id) ?? -Infinity) + wait);
  const planned = waiting.get(id);
  if (planned && planned.due <= due) return;
  clearTimeout(planned?.timer);
  const timer = setTimeout(() => {
    waiting.delete(id);
    refreshedAt.set(id, performance.now());
    const element = document.getElementById(id);
    if (element && !isBusy(element)) window.htmx?.trigger(element, "refresh");
  }, due - now);
  waiting.set(id, { due, timer });
}

// What somebody types into, or has opened, is not pulled away under their hands.
function isBusy(element) {
  const active = document.activeElement;
  return element.contains(active) && active.matches("input, textarea, select");
}
