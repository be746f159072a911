// The files of a review, and what becomes of each.
import { h, icon, setText } from "../dom.js";
import { counts, kindOf, pathText, statusOf } from "../views/proposals.js";
import { canApply, isChanged } from "./choice.js";

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

  update(actions, current, ended, choiceOf) {
    const positions = new Set(actions.map(({ position }) => position));
    for (const [position, { element }] of this.#rows)
      if (!positions.has(position)) {
        element.remove();
        this.#rows.delete(position);
      }
    for (const [index, action] of actions.entries())
      this.#draw(action, index, action.position === current, ended, choiceOf(action));
  }

  #draw(action, index, isCurrent, ended, choice) {
    const row = this.#rows.get(action.position) ?? this.#add(action.position, index);
    const { text: _, ...rest } = action;
    const shown = `${ended} ${isChanged(choice)} ${JSON.stringify(rest)}`;
    if (row.shown !== shown) this.#fill(row, action, ended, choice);
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

  #fill({ button }, action, ended, choice) {
    const { status, label } = statusOf(action, this.#i18n, ended);
    button.dataset.status = status;
    button.title = pathText(action);
    const changed = canApply(action) && isChanged(choice);
    button.replaceChildren(
      h("span", { class: "file-path", dir: "auto" }, pathText(action)),
      h(
        "span",
        { class: "file-line" },
        h("span", {}, kindOf(action, this.#i18n)),
        ...[counts(action, this.#i18n)].filter(Boolean),
        ...(action.protected ? [this.#locked()] : []),
        h("span", { class: "file-status" }, label + (changed ? ` · ${this.#i18n.t("review.in_part")}` : "")),
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
