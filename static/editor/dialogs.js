// A choice between several things in a <dialog>: Escape is none of them, and what was focused gets the focus back.
import { h } from "./dom.js";

/** `actions` is `[{label, value, kind: "primary" | "danger"}]`. Gives the chosen value, or null. */
export function choose({ title, text, actions, cancel }) {
  return new Promise((resolve) => {
    const dialog = h("dialog", {
      class: "dialog",
      "aria-labelledby": "dialog-title",
      "aria-describedby": "dialog-text",
    });
    const close = (value) => {
      dialog.close();
      dialog.remove();
      resolve(value);
    };
    const buttons = [...actions, { label: cancel, value: null }].map(({ label, value, kind = "" }) =>
      h("button", { type: "button", class: `button ${kind}`, onclick: () => close(value) }, label),
    );
    dialog.append(
      h("h2", { id: "dialog-title" }, title),
      h("p", { id: "dialog-text" }, text),
      h("div", { class: "dialog-actions" }, buttons),
    );
    dialog.addEventListener("cancel", () => close(null));
    document.body.append(dialog);
    dialog.showModal();
  });
}
