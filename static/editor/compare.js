// Two texts side by side (one under the other's marks on a narrow screen); the right one can be edited and is the result.
import { history, historyKeymap } from "@codemirror/commands";
import { MergeView, unifiedMergeView } from "@codemirror/merge";
import { EditorState } from "@codemirror/state";
import { EditorView, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view";
import { languageOf, languageSupport } from "./code/languages.js";
import { phrases } from "./code/phrases.js";
import { theme } from "./code/theme.js";
import { choose } from "./dialogs.js";
import { h } from "./dom.js";
import { asDocText } from "./session/text.js";

const NARROW = "(max-width: 760px)";

/** The text that the person settled on, with the file's line ends, or null. */
export async function openCompare(studio, { path, theirs, state, ends }) {
  const { t } = studio;
  const mine = state.doc;
  const original = state.toText(asDocText(theirs, ends)); // lines end in both as they do in the editor
  const support = await languageSupport(languageOf(path, theirs));
  return new Promise((resolve) => {
    const place = h("div", { class: "compare-views" });
    const dialog = h("dialog", { class: "compare", "aria-labelledby": "compare-title" });
    const show = matchMedia(NARROW).matches ? unified : sideBySide;
    const view = show(place, original, mine, extensions(studio, support, ends), t);
    let decided = false;
    const close = (result) => {
      decided = true;
      view.destroy();
      dialog.remove();
      resolve(result);
    };
    const leave = async () => {
      if (view.state().doc.eq(mine) || (await mayDrop(t))) close(null);
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
        button(t("compare.accept"), () => close(view.state().sliceDoc()), "primary"),
        button(t("compare.cancel"), leave),
      ),
    );
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      leave();
    });
    // A browser closes it at a second Escape whatever the page says.
    dialog.addEventListener("close", () => {
      if (decided) return;
      dialog.showModal();
      leave();
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

async function mayDrop(t) {
  const answer = await choose({
    title: t("compare.leave_title"),
    text: t("compare.leave_text"),
    actions: [{ label: t("compare.leave"), value: "leave", kind: "danger" }],
    cancel: t("compare.stay"),
  });
  return answer === "leave";
}

function extensions({ i18n, given }, support, ends) {
  return [
    ends === "exact" ? EditorState.lineSeparator.of("\n") : [],
    history(),
    keymap.of(historyKeymap),
    highlightSpecialChars(),
    lineNumbers(),
    support,
    theme,
    EditorState.phrases.of(phrases(i18n.language)),
    EditorView.cspNonce.of(given.nonce),
    EditorView.lineWrapping,
  ];
}

function sideBySide(parent, original, mine, shared, t) {
  const named = (name) => EditorView.contentAttributes.of({ "aria-label": name, tabindex: "0" });
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
  return { destroy: () => view.destroy(), state: () => view.b.state };
}

function unified(parent, original, mine, shared, t) {
  const marks = unifiedMergeView({ original, mergeControls: true });
  const label = EditorView.contentAttributes.of({ "aria-label": t("compare.mine"), tabindex: "0" });
  const view = new EditorView({ parent, doc: mine, extensions: [shared, marks, label] });
  return { destroy: () => view.destroy(), state: () => view.state };
}
