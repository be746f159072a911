// What is known about decisions on proposals: a part of the store's table of handlers.

const freeze = Object.freeze;

export const NO_DECISIONS = freeze({
  deciding: freeze({}), // message id → what is being done with its proposals
  decided: 0, // how many decisions were taken in: a page that was read before one is old
  previewed: null, // the message whose proposal the host page shows
});

/** What was decided about a message's proposals; one that is not named stays as it is. */
function withDecided(message, changed) {
  const byId = new Map(changed.map((action) => [action.id, action]));
  const actions = (message.actions ?? []).map((action) => {
    const news = action.id === undefined ? undefined : byId.get(action.id);
    return news ? freeze({ ...action, ...news }) : action;
  });
  return freeze({ ...message, actions: freeze(actions) });
}

export const PROPOSAL_HANDLERS = freeze({
  "actions.deciding": (state, { messageId, what }) => {
    const { [messageId]: _, ...others } = state.deciding;
    return freeze({ ...state, deciding: freeze(what ? { ...others, [messageId]: what } : others) });
  },

  "actions.decided": (state, { messageId, actions }) => {
    if (!actions.length) return state;
    const decided = state.decided + 1; // also of a message that is still on its way here
    const index = state.messages.findIndex(({ id }) => id === messageId);
    if (index < 0) return freeze({ ...state, decided });
    const message = withDecided(state.messages[index], actions);
    return freeze({ ...state, decided, messages: freeze(state.messages.with(index, message)) });
  },

  "proposal.previewed": (state, { messageId }) => freeze({ ...state, previewed: messageId }),
});
