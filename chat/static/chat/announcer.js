// Says to screen readers what a person would see: few words, never the text as it comes.
import { endText, errorText } from "./errors.js";
import { running } from "./store.js";

export class Announcer {
  #region;
  #i18n;

  constructor(region, i18n) {
    this.#region = region;
    this.#i18n = i18n;
  }

  say(text) {
    // The same words twice are news too: a changed node is announced, an equal one isn't.
    this.#region.replaceChildren(text);
  }

  /** Tells the difference between two states. */
  tell(state, previous) {
    const text =
      this.#ended(state, previous) ??
      this.#begun(state, previous) ??
      this.#refused(state, previous) ??
      this.#connection(state, previous);
    if (text) this.say(text);
  }

  #begun(state, previous) {
    const now = running(state);
    const isNew = now && running(previous)?.id !== now.id;
    return isNew ? this.#i18n.t("status.running") : null;
  }

  #refused(state, previous) {
    if (state.outbox === previous.outbox) return null;
    const sending = new Set(
      previous.outbox.filter(({ status }) => status === "sending").map(({ clientId }) => clientId),
    );
    const isRefused = ({ clientId, status }) => status === "failed" && sending.has(clientId);
    const refused = state.outbox.find(isRefused);
    return refused ? `${this.#i18n.t("message.not_sent")} ${errorText(this.#i18n, refused.error)}` : null;
  }

  #ended(state, previous) {
    const before = running(previous);
    if (!before || state.conversation.id !== previous.conversation.id) return null;
    const after = state.messages.findLast((message) => message.id === before.id);
    if (!after || after.status === "streaming") return null;
    const reason = endText(this.#i18n, after);
    return this.#i18n.t(`status.${after.status}`, { reason });
  }

  #connection(state, previous) {
    if (state.connection === previous.connection) return null;
    return this.#i18n.t(state.connection === "lost" ? "status.lost" : "status.back");
  }
}
