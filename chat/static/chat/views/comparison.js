// What of an answer's request came, went or changed since another one: part by part, each opened on demand.
import { h, setText } from "../dom.js";

const SIGNS = { "+": "added", "-": "removed" };

export class Comparison {
  element = h("div", { class: "comparison", role: "group" });
  #i18n;
  #actions;
  #message;
  #status = h("p", { role: "status" });
  #body = h("div");

  /** `actions` is `{compare(messageId, {with, with_call, call}) → Promise}`. */
  constructor(i18n, actions) {
    this.#i18n = i18n;
    this.#actions = actions;
    this.element.setAttribute("aria-label", i18n.t("compare.title"));
    this.element.append(this.#status, this.#body);
  }

  /** `chosen` are the numbers of the requests, where the person has chosen: `{call, with, with_call}`. */
  async load(messageId, chosen = {}) {
    const { t } = this.#i18n;
    this.#message = messageId;
    setText(this.#status, t("details.loading"));
    try {
      const found = await this.#actions.compare(messageId, chosen);
      this.#draw(found);
    } catch {
      setText(this.#status, t("compare.failed"));
    }
  }

  #draw(found) {
    const { t } = this.#i18n;
    const { before, changes, same } = found;
    const count = Object.values(same).reduce((sum, number) => sum + number, 0);
    const none = before ? t("compare.same_all") : t("compare.first");
    setText(this.#status, changes.length ? t("compare.changes", { count: changes.length }) : none);
    const focused = this.element.getRootNode().activeElement;
    const field = this.#body.contains(focused) ? focused.dataset.which : null;
    this.#body.replaceChildren(
      ...this.#choices(found),
      h(
        "ul",
        { class: "comparison-list" },
        changes.map((change) => this.#change(change)),
      ),
      count ? h("p", { class: "comparison-same" }, t("compare.same", { count })) : "",
    );
    if (field) this.#body.querySelector(`[data-which="${field}"]`)?.focus();
  }

  /** Which request is compared with which. */
  #choices({ before, after, others }) {
    if (others.length < 2) return [];
    const mine = others.filter(({ message_id }) => message_id === after.message_id);
    const rest = others.filter((one) => key(one) !== key(after));
    const first = before ? key(before) : "";
    const choose = (one, other) => {
      const [withId, withCall] = other.split(":");
      this.load(this.#message, { call: one.split(":")[1], with: withId, with_call: withCall });
    };
    const own = this.#select("call", mine, key(after), (value) => choose(value, first));
    const other = this.#select("with", rest, first, (value) => choose(key(after), value));
    return mine.length > 1 ? [own, other] : [other];
  }

  #select(which, rows, value, onchoose) {
    const { t } = this.#i18n;
    const options = rows.map((row) => {
      const text = t(row.purpose === "summary" ? "compare.summary" : "compare.option", {
        time: this.#i18n.time(row.started_at),
        call: row.call,
        model: row.model,
      });
      return h("option", { value: key(row), selected: key(row) === value }, text);
    });
    if (!value) options.unshift(h("option", { value: "", selected: true, disabled: true }, "—"));
    const select = h("select", { "data-which": which, onchange: () => onchoose(select.value) }, options);
    return h("label", {}, h("span", {}, t(`compare.${which}`)), select);
  }

  #change({ kind, name, change, added, removed, lines, cut }) {
    const { t } = this.#i18n;
    const known = kind === "message" && this.#i18n.has(`compare.role.${name}`);
    const title = known ? t(`compare.role.${name}`) : name;
    return h(
      "li",
      {},
      h(
        "details",
        {},
        h(
          "summary",
          {},
          h("span", { class: "comparison-kind" }, t(`compare.kind.${kind}`)),
          title ? h("code", {}, title) : null,
          h("span", { class: "comparison-change" }, t(`compare.${change}`)),
          h("span", { class: "size" }, t("compare.lines", { added, removed })),
        ),
        h(
          "pre",
          { tabindex: "0", "aria-label": t("compare.text", { name: title || t(`compare.kind.${kind}`) }) },
          lines.map(line),
        ),
        cut ? h("p", {}, t("compare.cut")) : null,
      ),
    );
  }
}

const key = ({ message_id, call }) => `${message_id}:${call}`;
const line = (text) => h("span", { class: `line ${SIGNS[text[0]] ?? ""}` }, `${text}\n`);
