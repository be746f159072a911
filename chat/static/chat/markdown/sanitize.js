// What of a model's text may become part of the page. Everything else is text.
import DOMPurify from "dompurify";

/** The whole list: blocks are built from it tag by tag (`blocks.js`), inline HTML is filtered by it. */
export const TAGS = Object.freeze(
  `p h1 h2 h3 h4 h5 h6 ul ol li blockquote hr pre code table thead tbody tr th td
  a strong em s br span`.split(/\s+/),
);
const ATTRIBUTES = ["href", "class"];
const LINKS = /^(?:https?:|mailto:)/i;

/** One policy for the one place where text becomes markup; a page may name it in `trusted-types`. */
const policy = globalThis.trustedTypes?.createPolicy("webox-chat", {
  createHTML: (html) => html,
  createScriptURL: () => {
    throw new TypeError("webox-chat makes no scripts");
  },
});

const OPTIONS = Object.freeze({
  ALLOWED_TAGS: TAGS,
  ALLOWED_ATTR: ATTRIBUTES,
  ALLOWED_URI_REGEXP: LINKS,
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  RETURN_DOM_FRAGMENT: true,
  ...(policy ? { TRUSTED_TYPES_POLICY: policy } : {}),
});

/** Our own instance: the hooks and settings of a host page's DOMPurify are not ours. */
const purifier = DOMPurify();

if (purifier.isSupported) {
  // Whoever writes the link, it opens elsewhere and tells nobody where from.
  purifier.addHook("afterSanitizeAttributes", (node) => {
    if (node.tagName !== "A") return;
    node.setAttribute("target", "_blank");
    node.setAttribute("rel", "noopener noreferrer");
  });
}

/** Safe nodes for a piece of HTML. Fails closed: where the sanitiser can't work, markup stays visible text. */
export function sanitized(html) {
  if (!purifier.isSupported) return document.createTextNode(html);
  return purifier.sanitize(html, OPTIONS);
}

export function isSafeLink(url) {
  return LINKS.test(url.trim());
}
