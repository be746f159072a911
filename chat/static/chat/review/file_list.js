// The files of a review, and what becomes of each.
import { h, icon, setText } from "../dom.js";
import { counts, kindOf, pathParts, pathText, statusOf } from "../views/proposal_words.js";
import { sizeOf } from "./size.js";

export class FileList {
  element;
  #i18n;
  #list;
  #rows = new Map(); // position → {element, button, shown}

  constructor(i18n, onChoose) {
    this.#i18n = i18n;
    this.#list = h("ul", { class: "review-files", role: "list", "aria-label": i18n.t("review.files") });
    this.#list.addEventListener("click", (event) => {
      const row = event.target.closest("[data-position]");
      if (row) onChoose(Number(row.dataset.position));
    });
    this.element = h("nav", { class: "review-nav", "aria-label": i18n.t("review.files") }, this.#list);
  }

  /** `textOf(action)`: what it would replace, where that is known. */
  update(actions, current, ended, choiceOf, textOf) {
    const positions = new Set(actions.map(({ position }) => position));
    for (const [position, { element }] of this.#rows)
      if (!positions.has(position)) {
        element.remove();
        this.#rows.delete(position);
      }
    for (const [index, action] of actions.entries())
      this.#draw(action, index, action.position === current, ended, choiceOf(action), textOf);
  }

  #draw(action, index, isCurrent, ended, choice, textOf) {
    const row = this.#rows.get(action.position) ?? this.#add(action.position, index);
    const { text: _, ...rest } = action;
    const size = sizeOf(action, choice, textOf(action));
    const status = statusOf(action, this.#i18n, ended, choice);
    const shown = `${status.label} ${size.added} ${size.removed} ${JSON.stringify(rest)}`;
    if (row.shown !== shown) this.#fill(row, action, size, status);
    row.shown = shown;
    if (isCurrent && row.button.getAttribute("aria-current") !== "true") {
      row.button.setAttribute("aria-current", "true");
      row.button.scrollIntoView({ block: "nearest" });
    } else if (!isCurrent) row.button.removeAttribute("aria-current");
  }

  #add(position, index) {
    const button = h("button", { type: "button", class: "review-file", "data-position": position });
    const row = { element: h("li", {}, button), button, shown: "" };
    this.#rows.set(position, row);
    this.#list.insertBefore(row.element, this.#list.children[index] ?? null);
    return row;
  }

  #fill({ button }, action, size, { status, label }) {
    button.dataset.status = status;
    button.title = pathText(action);
    button.replaceChildren(
      h("span", { class: "file-path path" }, ...pathParts(action)),
      h(
        "span",
        { class: "file-line" },
        h("span", {}, kindOf(action, this.#i18n)),
        ...[counts(size, this.#i18n)].filter(Boolean),
        ...(action.protected ? [this.#locked()] : []),
        h("span", { class: "file-status" }, label),
      ),
    );
  }

  #locked() {
    const lock = h("span", { class: "lock", title: this.#i18n.t("action.protected") }, icon("lock"));
    const name = h("span", { class: "visually-hidden" });
    setText(name, this.#i18n.t("action.protected"));
    lock.append(name);
    return lock;
  }
}
