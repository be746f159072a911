// The `studio` object: what every area of the page is given. docs/editor.md describes it.
import { Api } from "./api.js";
import { Commands } from "./commands.js";
import { I18n } from "./i18n.js";

import { Panes } from "./panes.js";
import { Toasts } from "./toasts.js";

/** The parts that stand on their own; `session`, `open` and `tree` are put in by their areas. */
export function makeStudio(page) {
  const given = JSON.parse(document.getElementById("studio-data").textContent);
  // The attribute is hidden from scripts of others; the property is not.
  given.nonce = page.querySelector("script[data-studio]").nonce;
  const i18n = new I18n(document.documentElement.lang);
  const bus = new EventTarget();
  const commands = new Commands();
  const toasts = new Toasts(page, i18n.t);
  commands.listen(page);
  return {
    project: given.project,
    given,
    i18n,
    t: i18n.t,
    api: new Api(given.api, given.csrf),
    bus,
    /** `tell("file:opened", {path})` for everyone who listens to the bus. */
    tell: (name, detail) => bus.dispatchEvent(new CustomEvent(name, { detail })),
    /** `notice("3 files deleted", {kind, action: {label, run}})`. */
    notice: (text, options) => toasts.show(text, options),
    commands,
    panes: new Panes(page, bus),
    tree: { paths: () => given.paths, refresh: async () => {}, mark() {} },
    chat: page.querySelector("webox-chat"),
  };
}
