// One question in a dialog: a text to give, or yes or no.
import { h } from "./dom.js";

let count = 0;

/**
 * The answer: the text where there is a `label`, else true; null where the person would rather not.
 * `suggestions` help to write the text; `check(text)` says what is wrong with it, or nothing.
 */
export function ask({
  title,
  text = "",
  label = "",
  value = "",
  ok,
  cancel,
  danger = false,
  suggestions = [],
  check,
}) {
  const id = `ask-${++count}`;
  const input =
    label &&
    h("input", {
      id: `${id}-input`,
      type: "text",
      value,
      list: `${id}-list`,
      autocomplete: "off",
      spellcheck: "false",
    });
  const wrong = h("p", { class: "ask-wrong", role: "alert" });
  const dialog = h(
    "dialog",
    { class: "ask", "aria-labelledby": id },
    h(
      "form",
      { method: "dialog" },
      h("h2", { id }, title),
      text && h("p", { class: "muted" }, text),
      input && h("label", { for: `${id}-input` }, label),
      input,
      input &&
        h(
          "datalist",
          { id: `${id}-list` },
          suggestions.map((one) => h("option", { value: one })),
        ),
      wrong,
      h(
        "div",
        { class: "ask-buttons" },
        h("button", { type: "button", class: "button", onclick: () => dialog.close() }, cancel),
        h("button", { type: "submit", class: danger ? "button danger" : "button primary", value: "ok" }, ok),
      ),
    ),
  );
  return shown(dialog, input || null, wrong, check);
}

function shown(dialog, input, wrong, check) {
  return new Promise((resolve) => {
    dialog.querySelector("form").addEventListener("submit", (event) => {
      const problem = input && check?.(input.value.trim());
      if (!problem) return;
      event.preventDefault();
      wrong.textContent = problem;
      input.focus();
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      const agreed = dialog.returnValue === "ok";
      resolve(agreed ? (input ? input.value.trim() : true) : null);
    });
    document.body.append(dialog);
    dialog.showModal();
    input?.select();
  });
}
