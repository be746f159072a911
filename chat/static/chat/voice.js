// What the panel tells by itself: for eyes at the bottom of the panel, and always for screen readers.
import { Announcer } from "./announcer.js";
import { h } from "./dom.js";
import { errorText } from "./errors.js";
import { Toast } from "./views/toast.js";

export class Voice {
  elements;
  #i18n;
  #announcer;
  #toast;

  constructor(i18n) {
    const live = h("div", { class: "visually-hidden", "aria-live": "polite", "aria-atomic": "true" });
    this.#i18n = i18n;
    this.#announcer = new Announcer(live, i18n);
    this.#toast = new Toast(i18n.t);
    this.elements = [this.#toast.element, live];
  }

  /** What the page shows anyway. */
  say(text) {
    this.#announcer.say(text);
  }

  /** What has changed between two states of the store. */
  follow(state, previous) {
    this.#announcer.tell(state, previous);
  }

  /** What is to be seen nowhere else; see `Toast.show`. */
  show(text, action = null, options = {}) {
    this.#toast.show(text, action, options);
    this.say(text);
  }

  failed(error) {
    this.show(errorText(this.#i18n, { code: error.code, message: error.text, status: error.status }));
  }

  /** A conversation was deleted, and not by this page: it says so until the person has seen it. */
  gone({ title, by, draft, unsent }) {
    const { t } = this.#i18n;
    const named = title ? "conversations.gone" : "conversations.gone_untitled"; // found at the start: not in any list
    const what = t(by ? `${named}_by` : named, { title, by });
    const kept = draft || unsent ? t("conversations.kept") : "";
    this.show([what, kept].filter(Boolean).join(" "), null, { stays: true });
  }

  /** A conversation was deleted here, which `undo` takes back. */
  deleted(undo) {
    const { t } = this.#i18n;
    const run = () => {
      undo();
      this.say(t("conversations.restored"));
    };
    this.show(t("conversations.deleted"), { label: t("toast.undo"), run });
  }
}
