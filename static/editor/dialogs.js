// Questions in a <dialog>. Escape is "rather not", and what had the focus gets it back.
import { h } from "./dom.js";

let count = 0;

/** Shows a <dialog> until it is closed, and takes it away then. Gives what it was closed with; "" for Escape. */
export function shown(dialog) {
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue);
    });
    document.body.append(dialog);
    dialog.showModal(); // closing it gives the focus back to what has it now
  });
}

/** A choice between several things: `actions` is `[{label, value, kind: "primary" | "danger"}]`. The value, or null. */
export async function choose({ title, text, actions, cancel }) {
  return (await shown(dialogOf({ title, text, actions, cancel }))) || null;
}

/**
 * One question: the text that was given where there is a `label`, else true; null where the person would rather not.
 * `suggestions` help to write the text; `check(text)` says what is wrong with it, or nothing.
 */
export async function ask({ title, text, label, value = "", ok, cancel, danger, suggestions = [], check }) {
  const input = label ? field(label, value, suggestions) : null;
  const actions = [{ label: ok, value: "ok", kind: danger ? "danger" : "primary" }];
  const dialog = dialogOf({ title, text, body: input?.parts, actions, cancel });
  if (input && check) checking(dialog, input.element, check);
  const answer = shown(dialog);
  input?.element.select();
  if ((await answer) !== "ok") return null;
  return input ? input.element.value.trim() : true;
}

function dialogOf({ title, text, body = null, actions, cancel }) {
  const id = `dialog-${++count}`;
  const buttons = actions.map(({ label, value, kind = "" }) =>
    h(
      "button",
      { type: "submit", class: `button ${kind}`, value, autofocus: kind === "primary" && !body },
      label,
    ),
  );
  const dialog = h(
    "dialog",
    { class: "dialog", "aria-labelledby": id, "aria-describedby": text && `${id}-text` },
    h(
      "form",
      { method: "dialog" },
      h("h2", { id }, title),
      text && h("p", { id: `${id}-text` }, text),
      body,
      h(
        "div",
        { class: "dialog-actions" },
        h("button", { type: "button", class: "button", onclick: () => dialog.close() }, cancel),
        buttons,
      ),
    ),
  );
  return dialog;
}

function field(label, value, suggestions) {
  const id = `dialog-field-${++count}`;
  const list = `${id}-list`;
  const element = h("input", { id, type: "text", value, list, autocomplete: "off", spellcheck: "false" });
  const options = suggestions.map((one) => h("option", { value: one }));
  return { element, parts: [h("label", { for: id }, label), element, h("datalist", { id: list }, options)] };
}

/** Asks again, with the reason, until there is nothing wrong with the text. */
function checking(dialog, input, check) {
  const wrong = h("p", { class: "dialog-wrong", role: "alert" });
  dialog.querySelector(".dialog-actions").before(wrong);
  dialog.querySelector("form").addEventListener("submit", (event) => {
    const problem = check(input.value.trim());
    if (!problem) return;
    event.preventDefault();
    wrong.textContent = problem;
    input.focus();
  });
}
