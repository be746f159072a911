// The bar above a file that the assistant wants to change: what is proposed, and what can be done about it.
import { h } from "../dom.js";

const PRIMARY = new Set(["start", "apply", "save"]);
const ARROWS = { previous: "↑", next: "↓" };
const LONGEST_REASON = 2000;

export class Bar {
  element;
  #t;
  #run;
  #key = "";
  #body = h("div", { class: "inline-bar-body" });
  #typed = ""; // the reason that is being written
  #live = h("div", { class: "sr-only", "aria-live": "polite", "aria-atomic": "true" });

  /** `run(name, value)` does what a button says; `onKey(event)` hears the keys of the whole bar. */
  constructor(place, t, { run, onKey }) {
    this.#t = t;
    this.#run = run;
    this.element = h(
      "section",
      {
        class: "inline-bar",
        "aria-label": t("inline.label"),
        tabindex: "-1",
        hidden: true,
        onkeydown: onKey,
      },
      this.#body,
      this.#live,
    );
    place.replaceChildren(this.element);
  }

  /** `said` is what `said.js` gives; `reason` what is written already for the proposal that `key` names. */
  show(said, busy = false, { key: asked = "", reason = "" } = {}) {
    const key = JSON.stringify([said, asked]);
    this.#typed = reason;
    if (key !== this.#key) this.#draw(said);
    this.#key = key;
    for (const button of this.element.querySelectorAll("button"))
      button.setAttribute("aria-disabled", String(busy));
  }

  say(text) {
    this.#live.textContent = text;
  }

  focus() {
    (this.element.querySelector("input") ?? this.element).focus();
  }

  get hasFocus() {
    return this.element.contains(document.activeElement);
  }

  #draw(said) {
    const focused = this.hasFocus ? (document.activeElement.dataset.inline ?? "") : null;
    this.element.hidden = said === null;
    this.#body.replaceChildren(...(said ? this.#parts(said) : []));
    // What was pressed is gone: the keyboard goes on from the bar.
    if (said && focused !== null) (this.#button(focused) ?? this.element).focus();
  }

  #button(name) {
    return name ? this.element.querySelector(`[data-inline="${name}"]`) : null;
  }

  #parts({ text: [key, values], notes, buttons, which }) {
    const t = this.#t;
    const said = h(
      "div",
      { class: "inline-said" },
      h("p", {}, t(key, values)),
      which ? this.#choice(which) : null,
      notes.map((note) => h("p", { class: "inline-note" }, t(...[note].flat()))),
    );
    const made = buttons.map((name) => (name === "reason" ? this.#reason() : this.#make(name)));
    return [said, h("div", { class: "inline-actions" }, made)];
  }

  /** Several answers propose something for this file: which of them, and when it was. */
  #choice({ choices, chosen }) {
    const options = choices.map(({ id, label }) => {
      const attributes = { value: String(id), selected: id === chosen || null };
      return h("option", attributes, label);
    });
    return h(
      "select",
      {
        class: "inline-which",
        "aria-label": this.#t("inline.which", { count: choices.length }),
        "data-inline": "which",
        onchange: (event) => this.#run("which", Number(event.currentTarget.value)),
      },
      options,
    );
  }

  #make(name) {
    const press = (event) => event.currentTarget.getAttribute("aria-disabled") !== "true" && this.#run(name);
    const label = this.#t(`inline.do.${name}`);
    return h(
      "button",
      {
        type: "button",
        class: PRIMARY.has(name) ? "button primary" : "button",
        "data-inline": name,
        "aria-label": label,
        title: ARROWS[name] ? label : null,
        onclick: press,
      },
      ARROWS[name] ?? label,
    );
  }

  /** The model reads it with the next message. */
  #reason() {
    const t = this.#t;
    const input = h("input", {
      type: "text",
      maxlength: String(LONGEST_REASON),
      autocomplete: "off",
      placeholder: t("inline.reason_hint"),
      "aria-label": t("inline.reason"),
      "data-inline": "why",
      oninput: (event) => this.#run("typed", event.currentTarget.value),
    });
    input.value = this.#typed;
    const submit = (event) => {
      event.preventDefault();
      if (event.submitter?.getAttribute("aria-disabled") !== "true") this.#run("reject_now", input.value);
    };
    return h(
      "form",
      { class: "inline-reason", onsubmit: submit },
      input,
      h(
        "button",
        { type: "submit", class: "button primary", "data-inline": "reject_now" },
        t("inline.do.reject_now"),
      ),
      this.#make("cancel"),
    );
  }
}
