// Where the page is, how far it is scrolled, and its style sheets, which can be changed without loading it again.

const TRY_FOR = 1500;

export function keepPlace(say, root, address, handlers) {
  const where = () => say("where", { path: address.path });
  for (const name of ["pushState", "replaceState"]) {
    const before = history[name];
    history[name] = function (state, unused, given) {
      before.call(this, state, unused, address.shown(given));
      where();
    };
  }
  addEventListener("hashchange", where);
  addEventListener("popstate", where);
  addEventListener("click", (event) => leave(event, say, address));
  tellScroll(say);

  const ready = () => say("ready", { path: address.path, title: document.title.slice(0, 200) });
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", ready, { once: true });
  else ready();

  handlers.scroll = ({ x, y }) => scrollBack(Number(x) || 0, Number(y) || 0);
  handlers.style = ({ paths }) => swapStyles(paths, say, root);
}

function tellScroll(say) {
  let waiting = false;
  addEventListener(
    "scroll",
    () => {
      if (waiting) return;
      waiting = true;
      setTimeout(() => {
        waiting = false;
        say("scroll", { x: Math.round(scrollX), y: Math.round(scrollY) });
      }, 100);
    },
    { passive: true },
  );
}

/** The page may still be growing: until it is long enough, or the person scrolls. */
function scrollBack(x, y) {
  const end = Date.now() + TRY_FOR;
  let stopped = false;
  for (const name of ["wheel", "touchstart", "keydown", "pointerdown"]) {
    addEventListener(
      name,
      () => {
        stopped = true;
      },
      { once: true, passive: true },
    );
  }
  const go = () => {
    if (stopped) return;
    scrollTo({ left: x, top: y, behavior: "instant" });
    if (Math.abs(scrollY - y) > 1 && Date.now() < end) requestAnimationFrame(go);
  };
  go();
}

/** A link out of the project: the studio asks the person. */
function leave(event, say, address) {
  const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement && node.href);
  if (!link || event.defaultPrevented || event.button) return;
  const path = /^https?:/.test(link.href) ? address.within(link.href) : null;
  if (path !== null) follow(event, link, path, address);
  else if (/^(https?|mailto):/.test(link.href)) {
    event.preventDefault();
    say("outside", { address: link.href.slice(0, 2000) });
  }
}

function follow(event, link, path, address) {
  if (address.isMasked && link.getAttribute("href")?.startsWith("#")) {
    event.preventDefault();
    location.hash = link.hash; // the `<base>` would make it another page's
    return;
  }
  // no new window from here: in this one, then
  const isPlain = link.href === address.of(path) && (!link.target || link.target === "_self");
  if (isPlain || isFrame(link.target)) return;
  event.preventDefault();
  location.assign(address.of(path));
}

/** A frame of this page by that name: the browser finds it. */
function isFrame(name) {
  const frames = [...document.querySelectorAll("iframe, frame")];
  return Boolean(name) && frames.some((frame) => frame.name === name);
}

function swapStyles(paths, say, root) {
  const links = [...document.querySelectorAll('link[rel~="stylesheet"][href]')];
  for (const path of Array.isArray(paths) ? paths : []) {
    const mine = links.filter((link) => sameFile(link.href, path, root));
    if (!mine.length) return say("restyle-failed");
    for (const link of mine) swap(link);
  }
  return say("restyled");
}

function sameFile(address, path, root) {
  const url = new URL(address);
  const wanted = new URL(path.split("/").map(encodeURIComponent).join("/"), root);
  return url.origin === wanted.origin && decodeURI(url.pathname) === decodeURI(wanted.pathname);
}

/** The old one stays until the new one is there: nothing flashes. */
function swap(link) {
  const url = new URL(link.href);
  url.searchParams.set("webox", String(Date.now()));
  const next = link.cloneNode();
  next.href = url.href;
  const done = () => link.remove();
  next.addEventListener("load", done, { once: true });
  next.addEventListener("error", done, { once: true });
  link.after(next);
}
