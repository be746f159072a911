// `<script type="text/babel">`: what Babel does in a page that loads it, with what the studio has compiled. Runs when the
// page has been read, one after the other, as Babel does. `compiledName` is known to the compiler too.

const TYPES = /^text\/(babel|jsx)$/i;

/** Where the compiled script stands, in its page's folder: by what it says, or by its path in the project. */
export function compiledName({ src, text }) {
  return `webox-babel-${hash(src ? `src ${src}` : text.replaceAll("\r\n", "\n"))}.js`;
}

/** Two times 32 bits; whoever makes two scripts of one name has only himself to blame. */
function hash(text) {
  let [one, other] = [0xdeadbeef, 0x41c6ce57];
  for (let at = 0; at < text.length; at++) {
    one = Math.imul(one ^ text.charCodeAt(at), 2654435761);
    other = Math.imul(other ^ text.charCodeAt(at), 1597334677);
  }
  return [one, other].map((half) => (half >>> 0).toString(16).padStart(8, "0")).join("");
}

/** Before the page's own Babel, if there is one: it finds nothing left to do. */
export function runScripts(say, address) {
  addEventListener("DOMContentLoaded", () => run(say, address), { once: true, capture: true });
}

function run(say, address) {
  const found = [...document.scripts].filter(({ type }) => TYPES.test(type));
  if (!found.length) return;
  if (![...document.scripts].some(({ src }) => /babel/i.test(src))) say("babel", { state: "absent" });
  else {
    let isSaid = false;
    const missing = () => {
      if (!isSaid) say("babel", { state: "uncompiled" });
      isSaid = true;
    };
    for (const script of found) put(script, address, missing);
  }
}

function put(script, address, onerror) {
  const src = script.getAttribute("src") === null ? null : address.within(script.src);
  const path = src && decodeURI(src.replace(/[?#].*$/, ""));
  const made = document.createElement("script");
  if (script.dataset.type === "module") made.type = "module";
  made.async = false; // in order
  made.crossOrigin = "anonymous";
  made.dataset.webox = "babel";
  made.onerror = onerror;
  made.src = new URL(compiledName({ src: path, text: script.text }), document.baseURI).href;
  script.type = "text/babel-run";
  document.head.append(made);
}
