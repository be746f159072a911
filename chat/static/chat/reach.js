// The way to an answer that is not on the page: its conversation opened, and read back until there.

/**
 * Opens a conversation as far back as one of its answers; whether that is there. Where it can't be read this rejects, and the
 * person stays where they are: nothing is opened before it is read.
 */
export async function reach({ api, store, controller }, conversationId, messageId) {
  const before = store.state.conversation.id;
  if (before !== conversationId) {
    const page = await read(api, conversationId, () => controller.gone(conversationId));
    const now = store.state.conversation.id;
    // the page, as it loads, may have opened the very same one meanwhile
    if (!page || (now !== before && now !== conversationId)) return false;
    if (now !== conversationId) await controller.open(conversationId, page);
  }
  // Opened, and not read yet: that there is nothing in it is not known.
  if (store.state.conversation.loading) await controller.reload();
  return readBack(store, controller, conversationId, messageId);
}

async function readBack(store, controller, conversationId, messageId) {
  for (;;) {
    const { conversation, messages } = store.state;
    if (conversation.id !== conversationId) return false;
    if (messages.some(({ id }) => id === messageId)) return true;
    if (conversation.error) throw conversation.error;
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
