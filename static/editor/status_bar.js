// The line under the editor: where the cursor is, what the file is, and whether it is saved.
import { h, setText } from "./dom.js";

export class StatusBar {
  #parts;
  #t;

  /** `run(command)` runs a command by its id. */
  constructor(place, t, run) {
    this.#t = t;
    const button = (name, command, label) =>
      h("button", {
        type: "button",
        class: `status-${name}`,
        onclick: () => run(command),
        "aria-label": label,
      });
    this.#parts = {
      state: h("span", { class: "status-state" }),
      problems: button("problems", "next-problem"),
      position: button("position", "go-to-line"),
      kind: h("span", { class: "status-kind" }),
      indent: h("span", { class: "status-indent" }),
      autosave: button("autosave", "toggle-autosave"),
      palette: button("palette", "palette"),
    };
    this.#parts.palette.textContent = t("status.palette");
    place.replaceChildren(...Object.values(this.#parts));
    this.show(null);
  }

  /** The file, or null: `{state, position: {line, column, selected}, kind, indent, problems}`. */
  show(file) {
    for (const name of ["state", "problems", "position", "kind", "indent"]) this.#parts[name].hidden = !file;
    if (!file) return;
    this.#parts.state.dataset.state = file.state;
    setText(this.#parts.state, this.#t(`status.${file.state}`));
    setText(this.#parts.position, this.#position(file.position));
    setText(this.#parts.kind, file.kind);
    setText(this.#parts.indent, file.indent === "\t" ? this.#t("status.tabs") : this.#spaces(file.indent));
    this.#parts.problems.hidden = !file.problems;
    setText(this.#parts.problems, this.#t("status.problems", { count: file.problems }));
  }

  autosave(on) {
    setText(this.#parts.autosave, this.#t(on ? "status.autosave_on" : "status.autosave_off"));
    this.#parts.autosave.setAttribute("aria-pressed", String(on));
  }

  #position({ line, column, selected }) {
    const key = selected ? "status.position_selected" : "status.position";
    return this.#t(key, { line, column, selected });
  }

  #spaces(indent) {
    return this.#t("status.spaces", { count: indent.length });
  }
}
