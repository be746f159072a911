// Runs first in every page of a preview, in the page's own hands: it only tells the studio what the page says and where
// it is, and does small favours. Nothing here guards anything: the server's headers do.
import { Address } from "./address.js";
import { tellConsole } from "./console.js";
import { fillIn } from "./missing.js";
import { keepPlace } from "./place.js";
import { runScripts } from "./scripts.js";

const own = document.currentScript;
const studio = own.dataset.studio;
const root = new URL(own.dataset.root, location.href).href;
const address = new Address(root, own.dataset.masks !== undefined);
own.remove();
const highest = Array.from(location.ancestorOrigins ?? []).at(-1) ?? "null";
if (highest !== studio && highest !== "null") {
  stop(); // somebody else shows the project as his own; Firefox does not tell a frame without referrer who it is
  document.documentElement.replaceChildren();
}

const PER_SECOND = 100;
let sent = 0;
setInterval(() => {
  sent = 0;
}, 1000);

/** A page of the project in a frame of another one: what goes wrong in it is told through that one. */
const isNested = parent !== window && parent !== top;
const RELAYED = new Set(["log", "missing", "blocked", "outside", "babel"]);

/** To the studio alone; a page that talks too much is cut short here, and in the studio again. */
function say(type, detail = {}) {
  if (parent === window || (type === "log" && ++sent > PER_SECOND)) return;
  if (isNested && !RELAYED.has(type)) return;
  parent.postMessage({ webox: "preview", type, ...detail }, isNested ? "*" : studio);
}

const handlers = {
  ping: () => say("alive"),
  reload: () => (address.isMasked ? location.replace(address.of(address.path)) : location.reload()),
  go: ({ path }) => location.assign(address.of(path)),
};
addEventListener("message", (event) => {
  if (isNestedPage(event)) {
    event.stopImmediatePropagation();
    const { webox, type, ...detail } = event.data;
    say(type, detail);
    return;
  }
  if (event.source !== parent || event.origin !== studio || event.data?.webox !== "studio") return;
  event.stopImmediatePropagation();
  handlers[event.data.type]?.(event.data);
});

/** Pages of the sandbox have no origin, and below this one there are none but the project's. */
function isNestedPage({ source, origin, data }) {
  return origin === "null" && source !== parent && data?.webox === "preview" && RELAYED.has(data.type);
}

fillIn(say);
tellConsole(say, root);
keepPlace(say, root, address, handlers);
runScripts((type, detail) => say(type, { ...detail, file: address.path }), address);
