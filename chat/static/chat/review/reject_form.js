// Why a proposal is turned down: the model reads it with the next message.
import { h, textButton } from "../dom.js";

const LONGEST = 2000;

export class RejectForm {
  element;
  #reason;
  #submit;
  #cancel;

  /** `actions` is `{reject(reason), cancel()}`; `whole` for all proposals of a turn. */
  constructor(i18n, { reject, cancel }, { whole = false } = {}) {
    const { t } = i18n;
    const of = whole ? "-turn" : "";
    this.#cancel = cancel;
    this.#reason = h("input", {
      type: "text",
      maxlength: String(LONGEST),
      autocomplete: "off",
      placeholder: t("review.reason_hint"),
      "aria-label": t(whole ? "review.reason_all" : "review.reason"),
      "data-do": `reason${of}`,
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
        onkeydown: (event) => this.#key(event),
      },
      this.#reason,
      this.#submit,
      textButton(t("review.cancel"), cancel),
    );
  }

  update(open, busy) {
    this.#submit.setAttribute("aria-disabled", String(busy));
    if (open === !this.element.hidden) return;
    this.element.hidden = !open;
    if (!open) return;
    this.#reason.value = "";
    this.#reason.focus();
  }

  #key(event) {
    if (event.key !== "Escape") return;
    // Only the form closes, not the review around it.
    event.preventDefault();
    event.stopPropagation();
    this.#cancel();
  }
}
