// A message that is on its way, waits, or could not be sent. Its text stays until the server has it.
import { h, icon, textButton } from "../dom.js";
import { errorText } from "../errors.js";

export class Unsent {
  element;
  #bubble = h("div", { class: "bubble" });
  #note = h("div", { class: "unsent-note" });
  #i18n;
  #actions;
  #shown = null;
  #held = false;

  /** `actions` is `{resend, queue, takeBack, discard}`, each with the client id. */
  constructor(i18n, actions) {
    this.#i18n = i18n;
    this.#actions = actions;
    const heading = h("h3", { class: "visually-hidden" }, i18n.t("message.you"));
    this.element = h("li", { class: "message question unsent" }, heading, this.#bubble, this.#note);
  }

  /** `held`: the answer before it is not whole, so what waits does not go by itself. */
  update(item, held = false) {
    if (item === this.#shown && held === this.#held) return;
    this.#shown = item;
    this.#held = held;
    this.element.dataset.status = item.status;
    this.#bubble.textContent = item.content;
    this.#note.replaceChildren(...this.#say(item).filter(Boolean));
  }

  #say(item) {
    const { t } = this.#i18n;
    const { clientId } = item;
    const takeBack = (label) =>
      textButton(label, () => this.#actions.takeBack(clientId), { "data-do": "take-back" });
    const resend = (label) =>
      textButton(label, () => this.#actions.resend(clientId), { "data-do": "resend" });
    const says = {
      sending: () => [t("message.sending")],
      queued: () => [
        h(
          "span",
          { class: "unsent-waits" },
          icon("clock"),
          h("span", {}, t(this.#held ? "message.held" : "message.queued")),
        ),
        this.#held ? resend(t("message.send_now")) : null,
        takeBack(t("message.cancel")),
      ],
      blocked: () => [
        h("span", {}, t("message.blocked")),
        textButton(t("message.send_after"), () => this.#actions.queue(clientId), { "data-do": "queue" }),
        takeBack(t("message.cancel")),
      ],
      failed: () => [
        h("span", {}, `${t("message.not_sent")} ${errorText(this.#i18n, item.error)}`),
        resend(t("message.resend")),
        takeBack(t("message.edit_text")),
      ],
    };
    return says[item.status]();
  }
}
