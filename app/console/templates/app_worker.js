// Keeps the page and its files; what people write never comes in here.
const NAME = "shell {{ files.version }}";
const FILES = {{ files.paths | tojson }};
const PAGE = "/app";
const ANY = { ignoreVary: true };  // they vary by who asks only for other origins

self.addEventListener("install", event => {
  event.waitUntil(caches.open(NAME).then(cache => cache.addAll([PAGE, ...FILES])).then(() => self.skipWaiting()));
});

self.addEventListener("activate", event => {
  const old = names => names.filter(name => name.startsWith("shell ") && name !== NAME);
  event.waitUntil(caches.keys().then(names => Promise.all(old(names).map(name => caches.delete(name)))).then(() => self.clients.claim()));
});

// The page comes from the network while there is one, so that a new version is seen at once.
const page = request => fetch(request).catch(() => caches.match(PAGE, ANY).then(kept => kept || Response.error()));
const file = request => caches.match(request, ANY).then(kept => kept || fetch(request));

self.addEventListener("fetch", event => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (event.request.mode === "navigate" && url.pathname === PAGE) event.respondWith(page(event.request));
  else if (FILES.includes(url.pathname)) event.respondWith(file(event.request));
});
