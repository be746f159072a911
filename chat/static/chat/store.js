// What the panel knows, as one frozen value. No DOM, no network: `reduce(state, event)` is a table of named handlers.
import { EMPTY_ANSWER, foldEvents } from "./answer.js";
import { patched, patchList } from "./frozen.js";
import { LIST_HANDLERS } from "./store_list.js";
import { NO_DECISIONS, PROPOSAL_HANDLERS } from "./store_proposals.js";
import { hiddenBy, NO_VERSIONS, versionsOf } from "./store_versions.js";
import { withSummaries } from "./summaries.js";

const freeze = Object.freeze;
const NO_CONVERSATION = freeze({
  id: null,
  title: "",
  before: null,
  totals: null,
  mode: "ask",
  begun: false, // by a message from this page, and not opened
  loading: false,
  error: null,
});

export function initialState(projectId) {
  return freeze({
    projectId,
    conversation: NO_CONVERSATION,
    messages: freeze([]),
    summaries: freeze([]), // what stands for older messages in requests: each up to one of them
    versions: NO_VERSIONS, // of the last exchange
    outbox: freeze([]),
    conversations: freeze({ items: freeze([]), next: null, search: "", loading: false, error: null }),
    models: freeze({
      items: freeze([]),
      default: null,
      modes: freeze(["ask", "auto"]), // those that the person may choose
      notice: null,
      error: null,
      selected: "",
    }),
    connection: "open",
    ...NO_DECISIONS,
  });
}

const isCurrent = (state, id) => state.conversation.id === id;

/** The server's message, unless what we followed ourselves is further than its snapshot. */
function fresher(known, given) {
  if (!known) return freeze(given);
  const ahead =
    known.last_seq > given.last_seq || (known.last_seq === given.last_seq && known.status !== "streaming");
  return ahead && given.status === "streaming" ? known : sameOr(known, freeze(given));
}

const WRITTEN = ["status", "last_seq", "content", "reasoning"];
const LISTED = ["steps", "actions", "tool_calls"];

/** Keeps the object that is there if nothing changed, so that nothing is drawn again. */
function sameOr(known, given) {
  const same = (name) => known[name] === given[name];
  const alike = (name) => JSON.stringify(known[name] ?? null) === JSON.stringify(given[name] ?? null);
  return WRITTEN.every(same) && LISTED.every(alike) ? known : given;
}

function merged(known, given) {
  const byId = new Map(known.map((message) => [message.id, message]));
  return given.map((message) => fresher(byId.get(message.id), message));
}

/** A newest page replaces what it spans; what was loaded above it stays, and so does what was sent while it came. */
function withNewestPage(messages, { messages: page, before }, hidden) {
  const [first, last] = [page[0]?.id ?? 0, page.at(-1)?.id ?? 0];
  const shown = messages.filter(({ id }) => !hidden.has(id));
  const older = before === null ? [] : shown.filter(({ id }) => id < first); // nothing is above the first page
  const newer = shown.filter(({ id }) => id > last);
  return freeze([...older, ...merged(messages, page), ...newer]);
}

function touched(list, id, change) {
  const known = list.items.find((item) => item.id === id);
  if (!known && list.search) return list;
  const item = patched(known ?? { id, title: "", message_count: 0 }, change);
  return patched(list, { items: freeze([item, ...list.items.filter((other) => other.id !== id)]) });
}

function questionOf(outboxItem, data) {
  return freeze({
    ...EMPTY_ANSWER,
    id: data.user_message_id,
    role: "user",
    content: outboxItem.content,
    status: "complete",
    client_id: outboxItem.clientId,
    created_at: data.created_at,
  });
}

function answerOf(data, continues) {
  return freeze({
    ...EMPTY_ANSWER,
    id: data.message_id,
    role: "assistant",
    reply_to: data.user_message_id,
    continues,
    created_at: data.created_at,
  });
}

/** An edit hides the question and everything after it, a retry hides one answer. */
function withoutReplaced(messages, item, hides) {
  if (item?.replaces) return messages.filter((message) => message.id < item.replaces);
  return hides ? messages.filter((message) => message.id !== hides) : messages;
}

function withTurn(messages, { data, item = null, hides = null, continues = null }) {
  const kept = withoutReplaced(messages, item, hides);
  const known = new Set(kept.map((message) => message.id));
  const question = item && !known.has(data.user_message_id) ? [questionOf(item, data)] : [];
  const answer = known.has(data.message_id) ? [] : [answerOf(data, continues)];
  return freeze([...kept, ...question, ...answer]);
}

/** What waited behind the first message of a new conversation now waits in the conversation it began. */
function afterBeginning(outbox, { data, item }) {
  const left = outbox.filter((other) => other.clientId !== item?.clientId);
  if (item?.conversationId !== null) return freeze(left);
  return patchList(left, (other) => other.conversationId === null, { conversationId: data.conversation_id });
}

const HANDLERS = freeze({
  ...PROPOSAL_HANDLERS,
  ...LIST_HANDLERS,

  "conversation.opened": (state, { id, title = "" }) =>
    patched(state, {
      conversation: patched(NO_CONVERSATION, { id, title, loading: id !== null }),
      messages: freeze([]),
      summaries: freeze([]),
      versions: NO_VERSIONS,
      connection: "open",
    }),

  "conversation.failed": (state, { id, error }) =>
    // Messages that are there stay: a failed look at the server takes nothing away.
    isCurrent(state, id)
      ? patched(state, {
          conversation: patched(state.conversation, {
            loading: false,
            error: state.messages.length ? null : error,
          }),
        })
      : state,

  "page.loaded": (state, { id, page, older }) => {
    if (!isCurrent(state, id)) return state;
    const versions = older ? state.versions : versionsOf(page, state.versions);
    const messages = older
      ? freeze([...merged([], page.messages), ...state.messages])
      : withNewestPage(state.messages, page, hiddenBy(versions));
    const reached = older || messages.length === page.messages.length;
    const conversation = patched(state.conversation, {
      ...page.conversation,
      totals: page.totals ?? state.conversation.totals,
      before: reached ? page.before : state.conversation.before,
      loading: false,
      error: null,
    });
    const received = new Set(messages.map((message) => message.client_id).filter(Boolean));
    const outbox = freeze(state.outbox.filter((item) => !received.has(item.clientId)));
    return patched(state, {
      conversation,
      messages,
      summaries: withSummaries(state.summaries, page, older),
      versions,
      outbox,
    });
  },

  "outbox.added": (state, { item }) => patched(state, { outbox: freeze([...state.outbox, freeze(item)]) }),

  "outbox.changed": (state, { clientId, change }) =>
    patched(state, { outbox: patchList(state.outbox, (item) => item.clientId === clientId, change) }),

  "outbox.removed": (state, { clientId }) =>
    patched(state, { outbox: freeze(state.outbox.filter((item) => item.clientId !== clientId)) }),

  // `item` is the outbox entry that began the turn, `hides` the answer a retry replaces, `continues` the one that goes on.
  "turn.began": (state, event) => {
    const { data, item } = event;
    const mine = isCurrent(state, item ? item.conversationId : data.conversation_id);
    const title = data.title ? { title: data.title } : {};
    return patched(state, {
      conversations: touched(state.conversations, data.conversation_id, {
        ...title,
        updated_at: data.created_at,
      }),
      conversation: mine
        ? patched(state.conversation, {
            id: data.conversation_id,
            begun: state.conversation.begun || state.conversation.id === null,
            ...title,
          })
        : state.conversation,
      messages: mine ? withTurn(state.messages, event) : state.messages,
      versions: mine ? NO_VERSIONS : state.versions, // they are told with the page that is read at its end
      outbox: afterBeginning(state.outbox, event),
    });
  },

  "turn.events": (state, { messageId, events }) => {
    const index = state.messages.findLastIndex((message) => message.id === messageId);
    if (index < 0) return state;
    const folded = foldEvents(state.messages[index], events);
    return folded === state.messages[index]
      ? state
      : patched(state, { messages: state.messages.with(index, folded) });
  },

  "message.replaced": (state, { message }) =>
    patched(state, {
      messages: freeze(
        state.messages.map((known) => (known.id === message.id ? fresher(known, message) : known)),
      ),
    }),

  "mode.changed": (state, { id, mode }) =>
    isCurrent(state, id) ? patched(state, { conversation: patched(state.conversation, { mode }) }) : state,

  "models.loaded": (state, { models }) =>
    patched(state, {
      models: patched(state.models, {
        items: freeze(models.models ?? []),
        default: models.default ?? null,
        modes: freeze(models.modes ?? state.models.modes),
        notice: models.notice ?? null,
        error: models.error ?? null,
      }),
    }),

  "model.selected": (state, { id }) => patched(state, { models: patched(state.models, { selected: id }) }),

  "connection.changed": (state, { connection }) =>
    connection === state.connection ? state : patched(state, { connection }),
});

/** The next state. An event that is not in the table changes nothing. */
export function reduce(state, event) {
  return HANDLERS[event.type]?.(state, event) ?? state;
}

export class Store {
  #state;
  #listeners = new Set();

  constructor(state) {
    this.#state = state;
  }

  get state() {
    return this.#state;
  }

  dispatch(event) {
    const previous = this.#state;
    this.#state = reduce(previous, event);
    if (this.#state === previous) return;
    for (const listener of this.#listeners) listener(this.#state, previous);
  }

  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** The answer that is being written in the open conversation, if one is. */
export function running(state) {
  const last = state.messages.at(-1);
  return last?.role === "assistant" && last.status === "streaming" ? last : null;
}

/** Whether a new message has to wait: something is being answered, or on its way to be. */
export function isBusy(state) {
  return running(state) !== null || waiting(state).some(({ status }) => status === "sending");
}

/** Whether what waits must not go by itself: the answer before it can be asked for again or gone on with, as the last one alone. */
export function holds(state) {
  const last = state.messages.at(-1);
  return last?.role === "assistant" && (last.status === "failed" || last.status === "interrupted");
}

/** What waits to be sent in the open conversation. */
export function waiting(state) {
  return state.outbox.filter((item) => item.conversationId === state.conversation.id);
}
