// What was written for a conversation that is gone: its draft, the edit that was under way, its messages not sent yet.

/** Moves all of it to the new conversation, where nothing is sent before the person says so: `{draft, unsent}`. */
export function takeOver({ store, shelf }, id) {
  const texts = [shelf.edit(id)?.text ?? "", shelf.draft(id)].filter((text) => text.trim());
  if (texts.length) {
    shelf.keepDraft(null, [shelf.draft(null), ...texts].filter((text) => text.trim()).join("\n\n"));
    shelf.keepDraft(id, "");
    shelf.keepEdit(id, null);
  }
  const unsent = store.state.outbox.filter((item) => item.conversationId === id).length;
  store.dispatch({ type: "conversation.gone", id });
  return { draft: texts.length > 0, unsent };
}

/** Finds what waits for conversations that were deleted while this page was away, or whose deletion it did not hear of. */
export class LeftOver {
  #api;
  #store;
  #shelf;
  #gone;
  #asked = new Set(); // conversations that are there, or are being asked for

  /** `gone(id)` is called for each that the server has no more. */
  constructor({ api, store, shelf, gone }) {
    this.#api = api;
    this.#store = store;
    this.#shelf = shelf;
    this.#gone = gone;
  }

  /** The list of conversations comes in pages: one that is not in it is asked for, once, until `forget`. */
  async look() {
    for (const id of this.#unlisted()) {
      if (this.#asked.has(id)) continue;
      this.#asked.add(id);
      if (!(await this.confirm(id))) this.#asked.delete(id);
    }
  }

  /** What is known may be old. */
  forget() {
    this.#asked.clear();
  }

  /** Tells of one if the server says that it is no more; whether the server could say. */
  async confirm(id) {
    try {
      await this.#api.messages(id);
    } catch (error) {
      if (error.status !== 404) return false;
      this.#gone(id);
    }
    return true;
  }

  #unlisted() {
    const { conversation, conversations, outbox } = this.#store.state;
    const listed = new Set([null, conversation.id, ...conversations.items.map(({ id }) => id)]);
    const wanted = [...outbox.map((item) => item.conversationId), ...this.#shelf.written()];
    return new Set(wanted.filter((id) => !listed.has(id)));
  }
}
