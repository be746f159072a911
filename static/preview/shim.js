// Runs first in every page of a preview, in the page's own hands: it only tells the studio what the page says and where
// it is, and does small favours. Nothing here guards anything: the server's headers do.
import { Address } from "./address.js";
import { tellConsole } from "./console.js";
import { fillIn } from "./missing.js";
import { keepPlace } from "./place.js";

const own = document.currentScript;
const studio = own.dataset.studio;
const root = new URL(own.dataset.root, location.href).href;
const address = new Address(root, own.dataset.masks !== undefined);
own.remove();

const PER_SECOND = 100;
let sent = 0;
setInterval(() => {
  sent = 0;
}, 1000);

/** To the studio alone; a page that talks too much is cut short here, and in the studio again. */
function say(type, detail = {}) {
  if (parent === window || (type === "log" && ++sent > PER_SECOND)) return;
  parent.postMessage({ webox: "preview", type, ...detail }, studio);
}

const handlers = {
  ping: () => say("alive"),
  reload: () => (address.isMasked ? location.replace(address.of(address.path)) : location.reload()),
  go: ({ path }) => location.assign(address.of(path)),
};
addEventListener("message", (event) => {
  if (event.source !== parent || event.origin !== studio || event.data?.webox !== "studio") return;
  event.stopImmediatePropagation();
  handlers[event.data.type]?.(event.data);
});

fillIn(say);
tellConsole(say, root);
keepPlace(say, root, address, handlers);
