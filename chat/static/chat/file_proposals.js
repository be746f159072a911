// What a host page can do with the proposals of the open conversation beside its own files. It decides by the very way of
// the review: the same choices, the same request with the hash of what was shown, the same conflict to settle.
import { openProposals, pendingPaths } from "./decisions.js";
import { applying, canApply, isKept, isReady } from "./review/choice.js";
import { commandOf } from "./review/keymap.js";

export class FileProposals {
  #store;
  #decisions;
  #host;
  #tell;

  constructor({ store, decisions, host, tell }) {
    this.#store = store;
    this.#decisions = decisions;
    this.#host = host;
    this.#tell = tell;
  }

  /** `{path: count}`, as `webox-chat:proposals` tells it. */
  get paths() {
    return pendingPaths(this.#store.state);
  }

  /** The open proposals for a file, newest first; `canApply` says whether it can be decided here and now. */
  of(path) {
    return openProposals(this.#store.state)
      .filter(({ action }) => action.path === path)
      .map(({ message, action }) => this.#shown(message, action))
      .reverse();
  }

  /** `{before, after, current…}` of one. */
  texts(id, signal) {
    return this.#decisions.details(id, signal);
  }

  isKept(id, hunk) {
    const found = this.#find(id);
    return found ? isKept(this.#host.choices.of(found.action), hunk) : true;
  }

  keep(id, hunk, keep) {
    const found = this.#find(id);
    if (!found) return;
    this.#host.choices.keepHunk(found.action, hunk, keep);
    this.#tell("proposals", { paths: this.paths });
  }

  /** Applies what is kept of one. The server's answer, or null where it was not applied: why is shown. */
  async apply(id) {
    const { message, action } = this.#find(id) ?? {};
    const choice = action && this.#host.choices.of(action);
    if (!action || !isReady(action, choice)) return null;
    const item = applying(action, choice);
    const request = () => this.#decisions.applyOne(message.id, item);
    const answer = await this.#host.try("apply", message.id, { action, items: [item] }, request);
    if (answer) this.#host.choices.forget({ id });
    return answer;
  }

  /** `what` is reject, undo or reopen. */
  decide(what, id, reason = "") {
    const { message, action } = this.#find(id) ?? {};
    if (!action) return null;
    const request = () => this.#decisions.decide(what, message.id, { actionId: id, reason });
    return this.#host.try(what, message.id, { action }, request);
  }

  /** Opens the review at the newest proposal for a file. Whether there is one. */
  async review(path) {
    const [newest] = this.of(path);
    if (newest) await this.#host.review(newest.messageId, newest.position);
    return Boolean(newest);
  }

  /** The review's command for a key press, or null: the keys are the same wherever a change is looked at. */
  commandOf(event) {
    return commandOf(event);
  }

  #shown(message, action) {
    const ended = message.status !== "streaming";
    const edited = action.id !== undefined && this.#host.choices.of(action).content !== null;
    return {
      ...action,
      messageId: message.id,
      edited,
      busy: this.#decisions.isBusy(message.id),
      canApply: ended && action.id !== undefined && canApply(action),
    };
  }

  #find(id) {
    for (const message of this.#store.state.messages)
      for (const action of message.actions ?? []) if (action.id === id) return { message, action };
    return null;
  }
}
