// The conversation: keeps one view per message and touches only those whose message changed.
import { h, icon, setText, textButton } from "../dom.js";
import { errorText } from "../errors.js";
import { Scroller } from "../scroll.js";
import { breathe } from "../slices.js";
import { holds, isBusy, running, waiting } from "../store.js";
import { NO_VERSIONS } from "../store_versions.js";
import { boundaries } from "../summaries.js";
import { Boundary } from "./boundary.js";
import { Answer, Question } from "./message.js";
import { Unsent } from "./unsent.js";
import { Welcome } from "./welcome.js";

/** More new messages than this are drawn aside first, in slices, and put on the page together. */
const AT_ONCE = 4;
const SLICE = 12;

export class Messages {
  element;
  #i18n;
  #actions;
  #list;
  #older;
  #loading;
  #failure = h("div", { class: "load-failure", role: "alert", hidden: true });
  #welcome;
  #jump;
  #jumpText = h("span");
  #scroller;
  #views = new Map(); // "id" or "client id" → {view, shown}
  #conversation = Symbol("none yet");
  #preparing = null;
  #latest = null;

  constructor(i18n, actions) {
    const { t } = i18n;
    this.#i18n = i18n;
    this.#actions = actions;
    this.#list = h("ol", { class: "message-list", role: "list", "aria-label": t("messages.label") });
    this.#older = textButton(t("messages.older"), actions.loadOlder, {
      class: "text-button older",
      hidden: true,
    });
    this.#loading = skeleton(t("messages.loading"));
    this.#welcome = new Welcome(i18n, actions.suggest);
    const content = h(
      "div",
      { class: "scroll-content" },
      this.#older,
      this.#loading,
      this.#failure,
      this.#welcome.element,
      this.#list,
    );
    const frame = h(
      "div",
      { class: "scroll", tabindex: "0", role: "region", "aria-label": t("messages.label") },
      content,
    );
    this.#jump = h(
      "button",
      {
        type: "button",
        class: "jump",
        hidden: true,
        onclick: () => this.#scroller.toBottom({ smooth: true }),
      },
      icon("down"),
      this.#jumpText,
    );
    this.element = h("div", { class: "messages" }, frame, this.#jump);
    this.#scroller = new Scroller(frame, content, () => this.#showJump());
    new IntersectionObserver(
      ([entry]) => entry.isIntersecting && !this.#older.hidden && actions.loadOlder(),
      {
        root: frame,
        rootMargin: "400px 0px 0px",
      },
    ).observe(this.#older);
  }

  update(state) {
    this.#latest = state;
    if (state.conversation.id !== this.#conversation) this.#change(state);
    if (this.#preparing) return;
    const fresh = state.messages.filter(({ id }) => !this.#views.has(id));
    if (fresh.length > AT_ONCE) this.#prepare(fresh);
    else this.#draw(state);
  }

  /** The person has just sent something: it should be seen. */
  showNewest() {
    this.#scroller.toBottom();
  }

  /** A version of the last answer was put in another's place: the keyboard stays at the way between them. */
  focusVersions(name) {
    const found = [...this.#list.querySelectorAll(".answer:last-of-type .versions button:not(:disabled)")];
    (found.find((button) => button.dataset.do === `version-${name}`) ?? found[0])?.focus();
  }

  close() {
    this.#scroller.close();
  }

  #change(state) {
    const { id } = state.conversation;
    // A new conversation that got its number is the same one: what is on the page stays.
    const named = this.#conversation === null && state.messages.length > 0;
    this.#conversation = id;
    if (named) return;
    this.#views.clear();
    this.#preparing = null;
    this.#list.replaceChildren();
    this.#scroller.toBottom();
  }

  async #prepare(messages) {
    const ticket = Symbol("preparing");
    this.#preparing = ticket;
    let since = performance.now();
    for (const message of messages.toReversed()) {
      this.#updateView(message, place(this.#latest, message, continuedIn(this.#latest)));
      if (performance.now() - since < SLICE) continue;
      await breathe();
      if (this.#preparing !== ticket) return;
      since = performance.now();
    }
    this.#preparing = null;
    const known = this.#list.firstElementChild;
    if (known) this.#scroller.keepPlace(() => this.update(this.#latest));
    else this.update(this.#latest);
  }

  #draw(state) {
    const { conversation, messages } = state;
    const pending = waiting(state);
    const continued = continuedIn(state);
    const behind = boundaries(state);
    const keys = new Set([...messages.map(({ id }) => id), ...pending.map(({ clientId }) => clientId)]);
    const told = new Set(messages.filter(({ id }) => behind.has(id)).map(({ id }) => lineKey(id)));
    for (const key of this.#views.keys()) if (!keys.has(key) && !told.has(key)) this.#drop(key);
    const elements = [
      ...messages.flatMap((message) => [
        this.#updateView(message, place(state, message, continued)),
        ...(behind.has(message.id) ? [this.#updateBoundary(behind.get(message.id))] : []),
      ]),
      ...pending.map((item) => this.#updateUnsent(item, holds(state))),
    ];
    arrange(this.#list, elements);
    const empty = keys.size === 0 && !conversation.loading && !conversation.error;
    this.#older.hidden = !conversation.before || messages.length === 0;
    this.#loading.hidden = !conversation.loading || keys.size > 0;
    this.#welcome.element.hidden = !empty;
    this.#showFailure(conversation.error);
    this.#showJump();
  }

  #updateView(message, where) {
    const known = this.#views.get(message.id) ?? this.#add(message);
    if (known.message !== message || !alike(known.where, where)) known.view.update(message, where);
    Object.assign(known, { message, where });
    return known.view.element;
  }

  #add({ id, role }) {
    const View = role === "user" ? Question : Answer;
    const entry = { view: new View(this.#i18n, this.#actions), message: null, where: null };
    this.#views.set(id, entry);
    return entry;
  }

  #updateBoundary(summary) {
    const key = lineKey(summary.up_to);
    const known = this.#views.get(key) ?? { view: new Boundary(this.#i18n), shown: null };
    this.#views.set(key, known);
    if (known.shown !== summary) known.view.update(summary);
    known.shown = summary;
    return known.view.element;
  }

  #updateUnsent(item, held) {
    const known = this.#views.get(item.clientId) ?? { view: new Unsent(this.#i18n, this.#actions) };
    this.#views.set(item.clientId, known);
    known.view.update(item, held);
    return known.view.element;
  }

  #drop(key) {
    this.#views.get(key).view.element.remove();
    this.#views.delete(key);
  }

  #showFailure(error) {
    this.#failure.hidden = !error;
    if (!error) return;
    const again = textButton(this.#i18n.t("error.reload"), this.#actions.reload);
    this.#failure.replaceChildren(h("p", {}, errorText(this.#i18n, error)), again);
  }

  #showJump() {
    const live = this.#latest !== null && running(this.#latest) !== null;
    setText(this.#jumpText, this.#i18n.t(live ? "messages.new_text" : "messages.to_end"));
    this.#jump.classList.toggle("is-live", live);
    this.#jump.hidden = this.#scroller.sticks;
  }
}

const lineKey = (messageId) => `below ${messageId}`;

/** The answers that go on in a later one. */
function continuedIn({ messages }) {
  return new Set(messages.map(({ continues }) => continues).filter(Boolean));
}

/** What a message may offer depends on where it stands. */
function place(state, message, continued) {
  const last = state.messages.at(-1);
  const lastQuestion = message.role === "user" && state.messages.findLast(({ role }) => role === "user");
  const busy = isBusy(state);
  return {
    isLast: message === last,
    isContinued: continued.has(message.id),
    isLastQuestion: message === lastQuestion,
    busy,
    versions: message === last && !busy ? state.versions : NO_VERSIONS,
    deciding: state.deciding[message.id] ?? "",
    previewed: state.previewed === message.id,
  };
}

/** Whether two places are the same one. */
const alike = (known, where) =>
  known !== null && Object.keys(where).every((key) => known[key] === where[key]);

/** Puts the elements in order, moving only those that are out of place. */
function arrange(list, elements) {
  let at = list.firstElementChild;
  for (const element of elements) {
    if (element === at) at = at.nextElementSibling;
    else list.insertBefore(element, at);
  }
}

function skeleton(label) {
  const line = (width) => h("div", { class: `bone ${width}` });
  return h(
    "div",
    { class: "skeleton", hidden: true, role: "status" },
    h("span", { class: "visually-hidden" }, label),
    line("short right"),
    line("long"),
    line("long"),
    line("middle"),
    line("short right"),
    line("long"),
    line("middle"),
  );
}
