// What a person should know about the open file, above it, with what can be done.
import { h } from "./dom.js";

/** `notice` is null or `{kind: "info" | "warning" | "danger", text, details, actions: [{label, run, primary}]}`. */
export function showNotice(place, notice) {
  const key = notice
    ? JSON.stringify([notice.kind, notice.text, notice.actions.map(({ label }) => label)])
    : "";
  if (place.dataset.key === key) return;
  place.dataset.key = key;
  const focused = place.contains(document.activeElement);
  place.replaceChildren(...(notice ? [banner(notice)] : []));
  if (focused) place.dispatchEvent(new CustomEvent("notice:left", { bubbles: true }));
}

function banner({ kind, text, actions }) {
  const buttons = actions.map(({ label, run, primary }) =>
    h("button", { type: "button", class: primary ? "button primary" : "button", onclick: run }, label),
  );
  return h(
    "div",
    { class: `editor-notice ${kind}`, role: kind === "info" ? "status" : "alert" },
    h("p", {}, text),
    buttons.length ? h("div", { class: "editor-notice-actions" }, buttons) : null,
  );
}
