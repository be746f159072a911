// Two texts side by side (one under the other's marks on a narrow screen); the right one can be edited and is the result.
import { MergeView, unifiedMergeView } from "@codemirror/merge";
import { EditorState } from "@codemirror/state";
import { EditorView, lineNumbers } from "@codemirror/view";
import { languageOf, languageSupport } from "./code/languages.js";
import { phrases } from "./code/phrases.js";
import { theme } from "./code/theme.js";
import { h } from "./dom.js";
import { asDocText } from "./session/text.js";

const NARROW = "(max-width: 760px)";

/** The text that the person settled on, with the file's line ends, or null. */
export async function openCompare(studio, { path, theirs, state, ends }) {
  const { t } = studio;
  const mine = state.doc.toString();
  const original = asDocText(theirs, ends);
  const support = await languageSupport(languageOf(path, original));
  return new Promise((resolve) => {
    const place = h("div", { class: "compare-views" });
    const dialog = h("dialog", { class: "compare", "aria-labelledby": "compare-title" });
    const show = matchMedia(NARROW).matches ? unified : sideBySide;
    const view = show(place, original, mine, extensions(studio, support), t);
    const close = (result) => {
      view.destroy();
      dialog.remove();
      resolve(result);
    };
    const button = (label, run, kind = "") =>
      h("button", { type: "button", class: `button ${kind}`, onclick: run }, label);
    dialog.append(
      h("h2", { id: "compare-title" }, t("compare.title", { path })),
      h(
        "div",
        { class: "compare-heads" },
        h("span", {}, t("compare.theirs")),
        h("span", {}, t("compare.mine")),
      ),
      place,
      h(
        "div",
        { class: "dialog-actions" },
        button(t("compare.accept"), () => close(view.result()), "primary"),
        button(t("compare.cancel"), () => close(null)),
      ),
    );
    dialog.addEventListener("cancel", () => close(null));
    document.body.append(dialog);
    dialog.showModal();
  });
}

function extensions({ i18n, given }, support) {
  return [
    lineNumbers(),
    support,
    theme,
    EditorState.phrases.of(phrases(i18n.language)),
    EditorView.cspNonce.of(given.nonce),
    EditorView.lineWrapping,
  ];
}

function sideBySide(parent, original, mine, shared, t) {
  const named = (name) => EditorView.contentAttributes.of({ "aria-label": name });
  const view = new MergeView({
    parent,
    a: { doc: original, extensions: [shared, EditorState.readOnly.of(true), named(t("compare.theirs"))] },
    b: { doc: mine, extensions: [shared, named(t("compare.mine"))] },
    revertControls: "a-to-b",
    renderRevertControl: () =>
      h(
        "button",
        { type: "button", class: "compare-take", "aria-label": t("compare.take"), title: t("compare.take") },
        "→",
      ),
    collapseUnchanged: { margin: 4, minSize: 8 },
  });
  return { destroy: () => view.destroy(), result: () => view.b.state.doc.toString() };
}

function unified(parent, original, mine, shared, t) {
  const marks = unifiedMergeView({ original, mergeControls: true });
  const label = EditorView.contentAttributes.of({ "aria-label": t("compare.mine") });
  const view = new EditorView({ parent, doc: mine, extensions: [shared, marks, label] });
  return { destroy: () => view.destroy(), result: () => view.state.doc.toString() };
}
