// Keeps the app readable without a line: files for ever, and each list as it was last seen, which
// then says so. Whoever signs out leaves nothing behind.
const FILES = "fener-files-{{ digest }}";
const PAGES = "fener-pages";
const OFFLINE = "/offline";
const KEPT_PAGES = new Set(["/", "/incidents", "/heartbeats"]);
const NEEDED = {{ files|tojson }};

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const files = await caches.open(FILES);
    await files.addAll([...NEEDED, OFFLINE]);
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const names = await caches.keys();
    const old = names.filter((name) => name.startsWith("fener-files-") && name !== FILES);
    await Promise.all(old.map((name) => caches.delete(name)));
  })());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith("/static/")) event.respondWith(file(request));
  else if (request.mode === "navigate") event.respondWith(page(event, url));
});

async function file(request) {
  return (await caches.match(request)) ?? fetch(request);
}

async function page(event, url) {
  try {
    const answer = await fetch(event.request);
    event.waitUntil(keep(answer.clone(), url));
    return answer;
  } catch (error) {
    return (await kept(url)) ?? (await caches.match(OFFLINE)) ?? Promise.reject(error);
  }
}

async function keep(answer, url) {
  if (answer.redirected && new URL(answer.url).pathname === "/sign-in") {
    await caches.delete(PAGES);
  } else if (answer.ok && !answer.redirected && KEPT_PAGES.has(url.pathname) && !url.search) {
    await (await caches.open(PAGES)).put(url.pathname, answer);
  } else if (url.pathname === "/sign-in") {
    await caches.delete(PAGES);
  }
}

async function kept(url) {
  const page = KEPT_PAGES.has(url.pathname) && (await (await caches.open(PAGES)).match(url.pathname));
  if (!page) return null;
  const html = (await page.text()).replace("<html ", '<html class="is-kept" ');
  return new Response(html, { headers: { "content-type": "text/html; charset=utf-8" } });
}
