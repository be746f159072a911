// Why a proposal is turned down: the model reads it with the next message.
import { h, textButton } from "../dom.js";

const LONGEST = 2000;
/** What was written for each: it waits while another one is in sight, and until it is emptied. */
const written = new Map();

export class RejectForm {
  element;
  #reason;
  #submit;
  #cancel;
  #kind;
  #of = "";

  /** `actions` is `{reject(reason), cancel()}`; `whole` for all proposals of a turn. */
  constructor(i18n, { reject, cancel }, { whole = false } = {}) {
    const { t } = i18n;
    const of = whole ? "-turn" : "";
    this.#cancel = cancel;
    this.#kind = whole ? "turn" : "file";
    this.#reason = h("input", {
      type: "text",
      maxlength: String(LONGEST),
      autocomplete: "off",
      placeholder: t("review.reason_hint"),
      "aria-label": t(whole ? "review.reason_all" : "review.reason"),
      "data-do": `reason${of}`,
      oninput: () => written.set(this.#key, this.#reason.value),
    });
    this.#submit = h(
      "button",
      { type: "submit", class: "text-button is-primary", "data-do": `reject-now${of}` },
      t(whole ? "review.reject_all" : "review.reject"),
    );
    this.element = h(
      "form",
      {
        class: "reject-form",
        hidden: true,
        onsubmit: (event) => {
          event.preventDefault();
          if (this.#submit.getAttribute("aria-disabled") !== "true") reject(this.#reason.value);
        },
        onkeydown: (event) => this.#press(event),
      },
      this.#reason,
      this.#submit,
      textButton(t("review.cancel"), cancel),
    );
  }

  /** `of` is the id of what would be turned down. */
  update(open, busy, of) {
    this.#submit.setAttribute("aria-disabled", String(busy));
    if (open === !this.element.hidden && (!open || of === this.#of)) return;
    this.#of = of;
    this.element.hidden = !open;
    if (!open) return;
    this.#reason.value = written.get(this.#key) ?? "";
    this.#reason.focus();
  }

  get #key() {
    return `${this.#kind}:${this.#of}`;
  }

  #press(event) {
    if (event.key !== "Escape") return;
    // Only the form closes, not the review around it.
    event.preventDefault();
    event.stopPropagation();
    this.#cancel();
  }
}
