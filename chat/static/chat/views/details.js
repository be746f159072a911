// What an answer cost and what the model was given: shown when the person asks.
import { h, setText, textButton } from "../dom.js";
import { Comparison } from "./comparison.js";

/** Null is unknown, never 0. */
function figure(value, i18n, show) {
  return value === null || value === undefined ? i18n.t("details.unknown") : show(value);
}

function rows(message, i18n) {
  const given = { ...message.usage, ...message.metadata };
  const number = (value) => i18n.number(value);
  const cached = (value) =>
    given.prompt_tokens ? `${number(value)} (${i18n.share(value / given.prompt_tokens)})` : number(value);
  const time = (value) => i18n.duration(value);
  const finish = (value) => (i18n.has(`finish.${value}`) ? i18n.t(`finish.${value}`) : value);
  return [
    ["model", figure(given.model ?? message.model, i18n, String)],
    ["prompt", figure(given.prompt_tokens, i18n, number), given.estimated],
    ["cached", figure(given.cached_tokens, i18n, cached), false, "minor"],
    ["completion", figure(given.completion_tokens, i18n, number), given.estimated],
    ["reasoning", figure(given.reasoning_tokens, i18n, number), false, "minor"],
    ["cost", figure(given.cost, i18n, (value) => i18n.cost(value)), given.estimated && given.cost != null],
    ["duration", figure(given.duration_ms, i18n, time)],
    ["first_token", figure(given.first_token_ms, i18n, time)],
    ["finish", figure(given.finish_reason, i18n, finish)],
    ["date", figure(message.created_at, i18n, (value) => i18n.time(value))],
  ];
}

function estimatedMark(i18n) {
  return h(
    "span",
    { class: "estimated", title: i18n.t("details.estimated_hint") },
    i18n.t("details.estimated"),
  );
}

function facts(message, i18n) {
  const list = h("dl", { class: "facts" });
  for (const [name, value, estimated, kind] of rows(message, i18n)) {
    const mark = estimated ? [" ", estimatedMark(i18n)] : [];
    list.append(
      h("dt", { class: kind }, i18n.t(`details.${name}`)),
      h("dd", { "data-fact": name }, value, ...mark),
    );
  }
  return list;
}

/** A word of the server in the person's language; one that is not known is shown as it is. */
function word(prefix, value, i18n) {
  const key = `${prefix}.${value}`;
  return value && i18n.has(key) ? i18n.t(key) : (value ?? "");
}

/** Why a part went in and how much of it; of one that did not, why not. What is not a file is there for what its name says. */
function reasons({ path, why, detail, lines = [], masked = [] }, left, i18n) {
  const { t } = i18n;
  const runs = lines.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(", ");
  const shown = {
    focus: runs && t("receipt.detail.focus", { lines: runs }),
    outline: t("receipt.detail.outline"),
    beginning: [t("receipt.detail.beginning"), runs && t("receipt.detail.focus", { lines: runs })]
      .filter(Boolean)
      .join(", "),
    cut: t("receipt.detail.cut"),
  };
  return [
    left ? word("context.reason", detail, i18n) || word("receipt.why", why, i18n) : "",
    path && !left ? word("receipt.why", why, i18n) : "",
    left ? "" : shown[detail],
    masked.length ? t("context.masked") : "",
  ].filter(Boolean);
}

function partRow(part, left, i18n) {
  const { path, kind, tokens } = part;
  const size = tokens ? i18n.t("details.receipt.tokens", { count: tokens }) : "";
  const name = path ? h("code", { title: path }, path) : h("span", {}, word("receipt.kind", kind, i18n));
  const why = h("span", { class: "why" }, reasons(part, left, i18n).join(" · "));
  return h("li", {}, name, why, h("span", { class: "size" }, size));
}

function partList(parts, i18n, { left = false } = {}) {
  return h(
    "ul",
    { class: "receipt-list" },
    parts.map((part) => partRow(part, left, i18n)),
  );
}

function receipt(given, message, i18n) {
  const parts = given.parts ?? [];
  const left = Array.isArray(given.left_out) ? given.left_out : [];
  const { dropped_messages: dropped = 0, summarised_messages: summarised = 0 } = message.context ?? {};
  return [
    parts.length ? partList(parts, i18n) : h("p", {}, i18n.t("details.receipt.none")),
    left.length
      ? [h("h5", {}, i18n.t("details.receipt.left_out")), partList(left, i18n, { left: true })]
      : null,
    summarised ? h("p", {}, i18n.t("details.receipt.summarised", { count: summarised })) : null,
    dropped ? h("p", {}, i18n.t("details.receipt.dropped", { count: dropped })) : null,
  ].flat();
}

export class Details {
  element = h("div", { class: "details", hidden: true });
  #i18n;
  #actions;
  #receipt = h("div", { class: "receipt", role: "status" });

  /** `actions` is `{receipt(id), callsUrl(id), requestUrl(id), compare(id, chosen)}`. */
  constructor(i18n, actions) {
    this.#i18n = i18n;
    this.#actions = actions;
  }

  toggle(message) {
    this.element.hidden = !this.element.hidden;
    if (!this.element.hidden) this.#draw(message);
    return !this.element.hidden;
  }

  /** Figures may come while the details are open. */
  update(message) {
    if (!this.element.hidden) this.element.firstChild.replaceWith(facts(message, this.#i18n));
  }

  #draw(message) {
    const { t } = this.#i18n;
    this.#receipt.replaceChildren();
    const show = textButton(t("details.receipt"), () => this.#load(message, show));
    const calls = h(
      "a",
      { href: this.#actions.callsUrl(message.id), target: "_blank", rel: "noopener", class: "text-button" },
      t("details.calls"),
    );
    const download = h(
      "a",
      { href: this.#actions.requestUrl(message.id), download: "", class: "text-button" },
      t("details.download"),
    );
    const comparison = new Comparison(this.#i18n, this.#actions);
    const compare = textButton(t("details.compare"), () => {
      this.element.append(comparison.element);
      comparison.load(message.id);
    });
    this.element.replaceChildren(
      facts(message, this.#i18n),
      h("div", { class: "details-more" }, show, download, compare, calls),
      this.#receipt,
    );
  }

  async #load(message, button) {
    button.disabled = true;
    setText(this.#receipt, this.#i18n.t("details.loading"));
    try {
      const given = await this.#actions.receipt(message.id);
      this.#receipt.replaceChildren(...receipt(given, message, this.#i18n).filter(Boolean));
      button.hidden = true;
    } catch {
      setText(this.#receipt, this.#i18n.t("details.receipt.failed"));
      button.disabled = false;
    }
  }
}
