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
