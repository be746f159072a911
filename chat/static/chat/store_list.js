// The list of conversations, and what becomes of one that leaves it: a part of the store's table of handlers.
import { patched, patchList } from "./frozen.js";

const freeze = Object.freeze;

export const LIST_HANDLERS = freeze({
  "conversations.loading": (state, { search }) =>
    patched(state, { conversations: patched(state.conversations, { loading: true, error: null, search }) }),

  "conversations.loaded": (state, { page, search, more }) => {
    if (search !== state.conversations.search) return state;
    const known = more ? state.conversations.items : [];
    const ids = new Set(known.map((item) => item.id));
    const items = freeze([...known, ...page.conversations.filter((item) => !ids.has(item.id))]);
    const conversations = patched(state.conversations, { items, next: page.next, loading: false });
    return patched(state, { conversations });
  },

  "conversations.failed": (state, { error }) =>
    patched(state, { conversations: patched(state.conversations, { loading: false, error }) }),

  "conversation.renamed": (state, { id, title }) =>
    patched(state, {
      conversation:
        state.conversation.id === id ? patched(state.conversation, { title }) : state.conversation,
      conversations: patched(state.conversations, {
        items: patchList(state.conversations.items, (item) => item.id === id, { title }),
      }),
    }),

  "conversation.hidden": (state, { id }) =>
    patched(state, {
      conversations: patched(state.conversations, {
        items: freeze(state.conversations.items.filter((item) => item.id !== id)),
      }),
    }),

  // What waited there has to be sent anew: to a new conversation, and what it was to replace is gone as well.
  "conversation.gone": (state, { id }) =>
    patched(state, {
      conversations: patched(state.conversations, {
        items: freeze(state.conversations.items.filter((item) => item.id !== id)),
      }),
      outbox: patchList(state.outbox, (item) => item.conversationId === id, {
        conversationId: null,
        replaces: undefined,
        status: "failed",
        error: freeze({ code: "conversation_gone" }),
      }),
    }),

  "conversation.restored": (state, { item, index }) => {
    const items = state.conversations.items.filter((other) => other.id !== item.id);
    items.splice(Math.min(index, items.length), 0, item);
    return patched(state, { conversations: patched(state.conversations, { items: freeze(items) }) });
  },
});
