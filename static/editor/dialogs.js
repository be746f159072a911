// Questions in a <dialog>: the focus is held, Escape is no answer, and what was focused gets the focus back.
import { h } from "./dom.js";

/** `actions` is `[{label, value, kind: "primary" | "danger"}]`. Gives the chosen value, or null. */
export function ask({ title, text = "", actions, cancel }) {
  return run(title, text, (close) => [
    ...actions.map(({ label, value, kind = "" }) =>
      h("button", { type: "button", class: `button ${kind}`, onclick: () => close(value) }, label),
    ),
    cancel && h("button", { type: "button", class: "button", onclick: () => close(null) }, cancel),
  ]);
}

/** A line of text, or null. `check(text)` gives what is wrong with it. */
export function askText({ title, text = "", label, value = "", accept, cancel, check = () => "" }) {
  const input = h("input", {
    type: "text",
    id: "dialog-input",
    value,
    autocomplete: "off",
    spellcheck: "false",
  });
  const wrong = h("p", { class: "field-error small", role: "alert", hidden: true });
  const field = h("div", { class: "field" }, h("label", { for: "dialog-input" }, label), input, wrong);
  const done = (close) => {
    wrong.textContent = input.value.trim() ? check(input.value) : "";
    wrong.hidden = !wrong.textContent;
    if (input.value.trim() && !wrong.textContent) close(input.value);
  };
  return run(
    title,
    text,
    (close) => [
      h("button", { type: "button", class: "button primary", onclick: () => done(close) }, accept),
      h("button", { type: "button", class: "button", onclick: () => close(null) }, cancel),
    ],
    { field, done, input },
  );
}

function run(title, text, buttons, { field = null, done, input } = {}) {
  const before = document.activeElement;
  return new Promise((resolve) => {
    const dialog = h("dialog", { class: "dialog", "aria-labelledby": "dialog-title" });
    const close = (value) => {
      dialog.close();
      dialog.remove();
      before?.focus?.();
      resolve(value);
    };
    const form = h(
      "form",
      { onsubmit: (event) => submit(event, () => done?.(close)) },
      h("h2", { id: "dialog-title" }, title),
      text && h("p", {}, text),
      field,
      h("div", { class: "dialog-actions" }, buttons(close)),
    );
    dialog.append(form);
    dialog.addEventListener("cancel", () => close(null));
    document.body.append(dialog);
    dialog.showModal();
    input?.select();
  });
}

function submit(event, done) {
  event.preventDefault();
  done();
}
