// One message that is in the conversation: `{element, update(message, {isLast, busy})}`.
import { h, icon, setText } from "../dom.js";
import { copyText } from "../markdown/code_block.js";
import { MarkdownView } from "../markdown/markdown_view.js";
import { Details } from "./details.js";
import { Notice, Problem, Reasoning, Steps } from "./parts.js";
import { Proposals } from "./proposals.js";
import { Typing } from "./typing.js";
import { Versions } from "./versions.js";

function heading(text) {
  return h("h3", { class: "visually-hidden" }, text);
}

function toolButton(name, label, onclick, properties) {
  return h(
    "button",
    { type: "button", class: "tool", "aria-label": label, title: label, onclick, ...properties },
    icon(name),
  );
}

export class Question {
  element;
  #bubble = h("div", { class: "bubble" });
  #edit;
  #id = null;
  #text = "";

  constructor(i18n, { edit }) {
    const { t } = i18n;
    this.#edit = toolButton("edit", t("message.edit"), () => edit(this.#id, this.#text), {
      "data-do": "edit",
    });
    const tools = h("div", { class: "tools" }, this.#edit);
    this.element = h("li", { class: "message question" }, heading(t("message.you")), this.#bubble, tools);
  }

  update(message, { isLastQuestion, busy }) {
    this.#id = message.id;
    this.#text = message.content;
    this.element.dataset.id = message.id;
    setText(this.#bubble, message.content);
    this.#edit.hidden = !isLastQuestion || busy;
  }
}

export class Answer {
  element;
  #i18n;
  #actions;
  #message = null;
  #parts;
  #proposals;
  #markdown;
  #problem;
  #details;
  #typing;
  #versions;
  #tools = {};

  constructor(i18n, actions) {
    this.#i18n = i18n;
    this.#actions = actions;
    const { t } = i18n;
    this.#markdown = new MarkdownView({
      t,
      announce: actions.announce,
      insert: actions.insertCode,
      create: (block) => actions.createFile(this.#message, block),
    });
    this.#parts = [new Reasoning(i18n), new Steps(i18n), new Notice(i18n)];
    this.#proposals = new Proposals(i18n, actions);
    this.#problem = new Problem(i18n, actions);
    this.#details = new Details(i18n, actions);
    this.#typing = new Typing(i18n);
    this.#versions = new Versions(i18n, actions);
    const [reasoning, steps, notice] = this.#parts.map((part) => part.element);
    this.element = h(
      "li",
      { class: "message answer" },
      heading(t("message.assistant")),
      reasoning,
      steps,
      this.#markdown.element,
      this.#typing.element,
      this.#proposals.element,
      this.#problem.element,
      notice,
      this.#toolbar(t),
      this.#details.element,
    );
  }

  update(message, place) {
    const previous = this.#message;
    this.#message = message;
    const { status, content } = message;
    for (const part of this.#parts) part.update(message, place);
    this.#proposals.update(message, place);
    this.#markdown.update(content, status !== "streaming");
    this.#typing.update(message);
    this.#problem.update(message, place);
    this.#versions.update(place.versions, message);
    if (previous?.status !== status || previous?.id !== message.id) this.#setStatus(message);
    if (previous?.metadata !== message.metadata) this.#details.update(message);
    this.#tools.copy.hidden = !content;
    this.#tools.retry.hidden = !place.isLast || place.busy || status !== "complete";
    this.#tools.bar.hidden = status === "streaming" || place.isContinued;
  }

  #setStatus({ id, status, continues }) {
    Object.assign(this.element.dataset, { id, status });
    this.element.classList.toggle("continues", Boolean(continues));
  }

  #toolbar(t) {
    const copy = toolButton("copy", t("message.copy"), () => this.#copy(copy), { "data-do": "copy" });
    const retry = toolButton("retry", t("message.retry"), () => this.#actions.retry(this.#message.id), {
      "data-do": "retry",
    });
    const details = toolButton("info", t("message.details"), () => this.#toggleDetails(details), {
      "aria-expanded": "false",
      "data-do": "details",
    });
    const bar = h("div", { class: "tools" }, this.#versions.element, copy, retry, details);
    this.#tools = { bar, copy, retry };
    return bar;
  }

  #toggleDetails(button) {
    button.setAttribute("aria-expanded", String(this.#details.toggle(this.#message)));
  }

  async #copy(button) {
    const done = await copyText(this.#message.content);
    this.#actions.announce(this.#i18n.t(done ? "message.copied" : "code.copy_failed"));
    if (!done) return;
    button.replaceChildren(icon("check"));
    setTimeout(() => button.replaceChildren(icon("copy")), 1800);
  }
}
