/**
 * Opens a conversation as far back as one of its answers; whether that is there. Where it can't be read this rejects, and the
 * person stays where they are: nothing is opened before it is read.
 */
export async function reach({ api, store, controller }, conversationId, messageId) {
  const before = store.state.conversation.id;
  if (before !== conversationId) {
    const page = await read(api, conversationId, () => controller.gone(conversationId));
    if (!page || store.state.conversation.id !== before) return false;
    await controller.open(conversationId, page);
  }
  for (;;) {
    const { conversation, messages } = store.state;
    if (conversation.id !== conversationId) return false;
    if (messages.some(({ id }) => id === messageId)) return true;
    if (!conversation.before) return false;
    await controller.loadOlder();
  }
}

/** The newest messages; null where the conversation is no more. */
async function read(api, id, gone) {
  try {
    return await api.messages(id);
  } catch (error) {
    if (error.status !== 404) throw error;
    gone();
    return null;
  }
}
