// What waits for a person in the whole project, whichever conversation proposed it. What the open conversation shows, the
// store knows better and sooner: this is the rest.

/** News come in swarms: a turn that proposes, another that is applied. */
const SETTLES_IN = 250;

export class ProjectProposals {
  #api;
  #store;
  #onChange;
  #wait;
  #items = [];
  #decided = new Map(); // id → what was decided on here last, with its place: it can be taken back
  #timer = 0;
  #ticket = 0;

  /** `onChange()` is called when what is known here is other than before. */
  constructor({ api, store, onChange, wait = (run, after) => setTimeout(run, after) }) {
    this.#api = api;
    this.#store = store;
    this.#onChange = onChange;
    this.#wait = wait;
  }

  /** The pending proposals that the store does not show, each with `message_id`, `conversation_id`, `conversation_title`. */
  get elsewhere() {
    const shown = new Set(this.#store.state.messages.map(({ id }) => id));
    return this.#items.filter((item) => !shown.has(item.message_id));
  }

  /** One by its id, pending or decided on here. */
  find(id) {
    return this.#items.find((item) => item.id === id) ?? this.#decided.get(id) ?? null;
  }

  /** The conversation of an answer that proposes something, as far as that is known here. */
  conversationOf(messageId) {
    const known = [...this.#items, ...this.#decided.values()];
    return known.find((item) => item.message_id === messageId)?.conversation_id ?? null;
  }

  /** Something may have changed: asked for once, a moment later. */
  refresh() {
    this.#timer ||= this.#wait(() => {
      this.#timer = 0;
      return this.load();
    }, SETTLES_IN);
  }

  /** What cannot be asked for now stays as it is known: the next news, or the next look at the page, asks again. */
  async load() {
    this.#ticket += 1;
    const ticket = this.#ticket;
    const page = await this.#api.proposals(this.#store.state.projectId).catch(() => null);
    if (!page || ticket !== this.#ticket) return;
    this.#items = page.proposals;
    this.#onChange();
  }

  /** What was decided here, as the server answered: true before the list is read again. */
  decided(actions) {
    for (const action of actions) {
      const known = this.find(action.id);
      if (known) this.#decided.set(action.id, { ...known, ...action });
    }
    // A list that is on its way was made before this.
    this.#ticket += 1;
    const gone = new Set(actions.map(({ id }) => id));
    const open = actions.filter(({ status }) => status === "pending").map(({ id }) => this.#decided.get(id));
    this.#items = [...open.filter(Boolean), ...this.#items.filter(({ id }) => !gone.has(id))];
    this.#onChange();
    this.refresh();
  }
}
