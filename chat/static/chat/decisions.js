// What a person decides about proposals: apply, reject, undo, take up again. One thing at a time for each turn; the
// server does twice-sent things once. What is decided is told to the store, the host page and the other tabs.

const OUTDATED = new Set(["stale", "not_found"]);
/** What can still be turned down. */
const OPEN = new Set(["pending", "failed"]);

/** Every place that a change touched. */
function pathsOf(actions) {
  return [...new Set(actions.flatMap(({ path, to }) => [path, to]).filter(Boolean))];
}

export class Decisions {
  #api;
  #store;
  #reload;
  #tell;
  #channel;
  #project;

  /**
   * `tell(name, detail)` reaches the host page, `channel` the other tabs, `reload()` reads the conversation again;
   * `project` knows the proposals of the other conversations.
   */
  constructor({ api, store, reload, tell, channel, project }) {
    this.#api = api;
    this.#store = store;
    this.#reload = reload;
    this.#tell = tell;
    this.#channel = channel;
    this.#project = project;
  }

  isBusy(messageId) {
    return messageId in this.#store.state.deciding;
  }

  details(actionId, signal) {
    return this.#api.action(actionId, signal);
  }

  /** `items` are the entries of the request: id, hash, and hunks or content where not all of it is wanted. */
  apply(messageId, items) {
    return this.#run(messageId, "apply", () => this.#api.decideAll("apply", messageId, { actions: items }));
  }

  /** One of a turn, whatever becomes of the others. */
  applyOne(messageId, { id, ...choice }) {
    return this.#run(messageId, "apply", () => this.#api.decide("apply", id, choice));
  }

  /**
   * `what` is reject, undo or reopen; of the whole turn where no action is named. `seen` is the status that an undo was
   * offered for, if that is not what is known now: undone by somebody else meanwhile, it is not done again.
   */
  decide(what, messageId, { actionId = null, reason = "", hash, seen, settled = [] } = {}) {
    const body = {
      ...(what === "undo" ? { seen: seen ?? this.#shownOf(messageId, actionId) } : {}),
      ...(what === "reject" ? this.#seen(messageId, actionId, hash) : {}),
      ...(reason.trim() ? { reason: reason.trim() } : {}),
      ...(settled.length ? { settled } : {}),
    };
    return this.#run(messageId, what, () =>
      actionId === null ? this.#api.decideAll(what, messageId, body) : this.#api.decide(what, actionId, body),
    );
  }

  /** The files of a turn's proposal, for the host's preview. */
  async proposal(messageId) {
    return (await this.#api.proposal(messageId)).files;
  }

  /** Of a conversation that has not begun, the first message says it. */
  async setMode(conversationId, mode) {
    const before = this.#store.state.conversation.mode;
    this.#store.dispatch({ type: "mode.changed", id: conversationId, mode });
    if (conversationId === null) return;
    try {
      await this.#api.setMode(conversationId, mode);
      this.#channel.tell({ conversationId });
    } catch (error) {
      this.#store.dispatch({ type: "mode.changed", id: conversationId, mode: before });
      throw error;
    }
  }

  /** The server's answer, or null where something is being decided already. */
  async #run(messageId, what, request) {
    if (this.isBusy(messageId)) return null;
    this.#store.dispatch({ type: "actions.deciding", messageId, what });
    try {
      const answer = await request();
      this.#decided(messageId, answer);
      return answer;
    } catch (error) {
      if (OUTDATED.has(error.code)) await Promise.all([this.#reload(), this.#project.load()]);
      throw error;
    } finally {
      this.#store.dispatch({ type: "actions.deciding", messageId, what: null });
    }
  }

  #decided(messageId, { revision = null, actions = [] }) {
    this.#store.dispatch({ type: "actions.decided", messageId, actions });
    if (revision !== null) this.#tell("files-changed", { revision, paths: pathsOf(actions) });
    this.#channel.tell({ conversationId: this.#placeOf(messageId), proposals: true });
    this.#project.decided(actions);
  }

  /** What is turned down is what was shown: what has come or changed meanwhile is not. */
  #seen(messageId, actionId, hash) {
    const meant = this.#known(messageId, actionId);
    if (actionId !== null) {
      const shown = hash ?? meant[0]?.hash;
      return shown ? { hash: shown } : {};
    }
    if (!meant.length) return {};
    const open = meant.filter(({ status }) => OPEN.has(status));
    return { actions: open.map(({ id, hash: shown }) => ({ id, hash: shown ?? "" })) };
  }

  /** Whether it is shown as applied or as undone. */
  #shownOf(messageId, actionId) {
    const meant = this.#known(messageId, actionId);
    return meant.some(({ status }) => status === "completed") ? "completed" : "undone";
  }

  #known(messageId, actionId) {
    const message = this.#store.state.messages.find(({ id }) => id === messageId);
    const known = message?.actions ?? [this.#project.find(actionId)];
    return known.filter((action) => action && (actionId === null || action.id === actionId));
  }

  #placeOf(messageId) {
    const { messages, conversation } = this.#store.state;
    const isShown = messages.some(({ id }) => id === messageId);
    return isShown ? conversation.id : this.#project.conversationOf(messageId);
  }
}

/** What waits for a person in the open conversation, or is being written for one: `[{message, action}]`. */
export function openProposals({ messages }) {
  return messages.flatMap((message) =>
    (message.actions ?? [])
      .filter((action) => isOpen(action, message))
      .map((action) => ({ message, action })),
  );
}

function isOpen({ status, path }, message) {
  return Boolean(path) && (status === "pending" || (status === "writing" && message.status === "streaming"));
}
