// The small parts of an answer besides its text: reasoning, steps, what went wrong. Each is `{element, update}`.
import { h, icon, setText, textButton } from "../dom.js";
import { canContinue, endText } from "../errors.js";
import { NO_VERSIONS, placeAmong } from "../store_versions.js";

export class Reasoning {
  element = h("details", { class: "reasoning", hidden: true });
  #summary = h("summary");
  #text = document.createTextNode("");
  #i18n;

  constructor(i18n) {
    this.#i18n = i18n;
    this.element.append(this.#summary, h("div", { class: "reasoning-text" }, this.#text));
  }

  update({ reasoning, content, status }) {
    const text = reasoning ?? "";
    if (this.element.hidden !== (text === "")) this.element.hidden = text === "";
    if (text.length > this.#text.length && text.startsWith(this.#text.data))
      this.#text.appendData(text.slice(this.#text.length));
    else if (text !== this.#text.data) this.#text.data = text;
    const thinks = status === "streaming" && !content;
    this.element.classList.toggle("is-running", thinks);
    setText(this.#summary, this.#i18n.t(thinks ? "message.reasoning.running" : "message.reasoning"));
  }
}

/** What a step does, or has done. */
export function stepText({ tool, arguments: given = {}, done, error }, i18n) {
  const { path = "", query = "", seconds = 0 } = given;
  const named = i18n.has(`step.${tool}`) ? `step.${tool}` : "step.other";
  const key = !path && i18n.has(`${named}.unnamed`) ? `${named}.unnamed` : named;
  const past = done && !error && i18n.has(`${key}.done`) ? `${key}.done` : key;
  const values = { tool, path, query, time: i18n.duration(seconds * 1000) };
  const text = i18n.t(past, given.messages === undefined ? values : { ...values, count: given.messages });
  // A summary in several requests: how far it is.
  return given.parts === undefined || done ? text : `${text} (${i18n.t("step.part", given)})`;
}

function stepRow(given, ended, i18n) {
  // What ran when the turn ended will not end by itself.
  const step = ended && !given.done ? { ...given, done: true, error: given.error ?? "stopped" } : given;
  const state = step.error ? "is-failed" : step.done ? "is-done" : "is-running";
  const mark = step.error ? icon("alert") : step.done ? icon("check") : h("span", { class: "spinner" });
  const note = step.error ? i18n.t("step.failed") : step.summary;
  return h(
    "li",
    { class: state },
    mark,
    h("span", { class: "step-name" }, stepText(step, i18n)),
    note ? h("span", { class: "step-note", title: step.error }, note) : null,
  );
}

export class Steps {
  element = h("ul", { class: "steps", hidden: true });
  #i18n;
  #shown = null;
  #ended = false;

  constructor(i18n) {
    this.#i18n = i18n;
  }

  update({ steps, status }) {
    const ended = status !== "streaming";
    if (steps === this.#shown && ended === this.#ended) return;
    this.#shown = steps;
    this.#ended = ended;
    this.element.hidden = !steps?.length;
    this.element.replaceChildren(...(steps ?? []).map((step) => stepRow(step, ended, this.#i18n)));
  }
}

/** Something to know of an answer that is whole; and, of the newest one, how much of the conversation it knows nothing of. */
export class Notice {
  element = h("div", { class: "answer-notices", hidden: true });
  #i18n;
  #shown = "";

  constructor(i18n) {
    this.#i18n = i18n;
  }

  update({ id, metadata, context }, { isLast = false, versions = NO_VERSIONS } = {}) {
    const applied = placeAmong(versions, id)?.applied ?? [];
    const key = `answer.notice.${metadata?.notice}`;
    const count = isLast ? (context?.dropped_messages ?? 0) : 0;
    const texts = [
      metadata?.notice && this.#i18n.has(key) ? this.#i18n.t(key) : "",
      count ? this.#i18n.t("answer.dropped", { count }) : "",
      applied.length
        ? this.#i18n.t("versions.applied", { count: applied.length, numbers: applied.join(", ") })
        : "",
    ].filter(Boolean);
    if (texts.join("\n") === this.#shown) return;
    this.#shown = texts.join("\n");
    this.element.hidden = !texts.length;
    const line = (text) => h("p", { class: "answer-notice" }, icon("info"), h("span", {}, text));
    this.element.replaceChildren(...texts.map(line));
  }
}

/** Why an answer is not whole, under the text that came, and the ways out. */
export class Problem {
  element = h("div", { class: "problem", hidden: true });
  #i18n;
  #actions;
  #shown = null;

  constructor(i18n, actions) {
    this.#i18n = i18n;
    this.#actions = actions;
  }

  update(message, { isLast, isContinued, busy, versions = NO_VERSIONS }) {
    const { status } = message;
    const back = placeAmong(versions, message.id)?.whole ?? null;
    const shown = `${status} ${isLast} ${isContinued} ${busy} ${message.metadata?.error?.code} ${back}`;
    if (shown === this.#shown) return;
    this.#shown = shown;
    // What goes on below is no problem any more.
    this.element.hidden = isContinued || status === "streaming" || status === "complete";
    this.element.classList.toggle("is-error", status === "failed");
    this.element.classList.toggle("is-calm", status === "stopped");
    if (!this.element.hidden) this.element.replaceChildren(...this.#content(message, isLast && !busy, back));
  }

  #content(message, offers, back) {
    const { error } = message.metadata ?? {};
    const text = endText(this.#i18n, message);
    const detail = error?.detail ? this.#said(error.detail) : null;
    const buttons = offers ? h("div", { class: "problem-actions" }, this.#ways(message, back)) : null;
    // The given texts bring their own sign.
    const sign = /^\p{Extended_Pictographic}/u.test(text)
      ? null
      : icon(message.status === "stopped" ? "info" : "alert");
    return [sign, h("div", {}, h("p", {}, text), detail, buttons)].filter(Boolean);
  }

  #said(detail) {
    const summary = h("summary", {}, this.#i18n.t("error.details"));
    return h("details", { class: "problem-detail" }, summary, h("p", {}, detail));
  }

  #ways(message, back) {
    const { t } = this.#i18n;
    const go = canContinue(message)
      ? textButton(t("message.continue"), () => this.#actions.continue(message.id), { "data-do": "continue" })
      : null;
    // Always: what stood in the way (a key, a quota) may have been put right elsewhere.
    const again = textButton(t("message.retry_failed"), () => this.#actions.retry(message.id), {
      "data-do": "retry",
    });
    const before = back
      ? textButton(t("versions.back"), () => this.#actions.choose(back, "next"), {
          "data-do": "version-back",
        })
      : null;
    return [go, again, before];
  }
}
