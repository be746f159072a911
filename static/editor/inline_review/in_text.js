// Keeps what is shown of proposals in the texts of open files what it should be: which proposal, where its changes stand, what
// is kept of them, and where the keyboard is.
import { asDocText } from "../session/text.js";
import { keyOf } from "./key.js";
import { placeHunks } from "./place.js";
import { changing, scrollingTo, showing, shownIn } from "./shown.js";

export class InText {
  #studio;
  #code;
  #tools;
  #find;
  #wanted = new Set(); // proposals that are reviewed in the text, by id
  #texts = new Map(); // id and hash → promise of the texts
  #placing = "";

  /** `find()` gives `{open, proposal}` of the file in sight; `tools` are those of the widgets. */
  constructor(studio, code, { tools, find }) {
    this.#studio = studio;
    this.#code = code;
    this.#tools = tools;
    this.#find = find;
  }

  /** Shows a proposal in the text of its file; the first change is the current one, and has the keyboard with `focus`. */
  async start(open, proposal, { focus = true } = {}) {
    this.#wanted.add(proposal.id);
    await this.#place(open, proposal);
    if (shownIn(open.editorState)) this.goTo(open, 0, { focus });
  }

  stop(id) {
    if (id === undefined) this.#wanted.clear();
    else this.#wanted.delete(id);
  }

  /** Makes what is shown in a file what it should be now; `proposal` is null where nothing can be shown. */
  settle(open, proposal) {
    const shown = shownIn(open.editorState);
    const isWanted = proposal !== null && this.#wanted.has(proposal.id);
    if (!isWanted && shown) this.#dispatch(open, showing(open.editorState, null));
    if (!isWanted) return;
    // A text that nobody is writing in may have been put in place of another: places are looked for anew.
    const isOther = shown && (shown.key !== keyOf(proposal) || shown.digest !== open.session.file.digest);
    if (!shown || (isOther && !open.session.isDirty)) this.#place(open, proposal);
    else this.#refresh(open, proposal, shown);
  }

  /** Brings a change into sight, with the keyboard on its head unless that stays where it is. */
  goTo(open, number, { focus = true } = {}) {
    this.choose(open, number);
    this.#code.dispatch(open, scrollingTo(shownIn(open.editorState).hunks[number]));
    if (focus) this.#head(number)?.focus({ preventScroll: true });
  }

  /** Makes it the current one. */
  choose(open, number) {
    this.#dispatch(open, changing({ current: number }));
  }

  #refresh(open, proposal, shown) {
    const keptOf = this.#keptOf(proposal);
    if (proposal.hunks.every((_, hunk) => keptOf(hunk) === shown.keptOf(hunk))) return;
    this.#dispatch(open, changing({ keptOf }));
  }

  /** As it is now: what is drawn is compared with it later. */
  #keptOf({ id, hunks }) {
    const kept = hunks.map((_, hunk) => this.#studio.chat.proposals.isKept(id, hunk));
    return (hunk) => kept[hunk];
  }

  async #place(open, proposal) {
    const key = keyOf(proposal);
    if (this.#placing === key) return;
    this.#placing = key;
    const texts = await this.#textsOf(proposal, key);
    this.#placing = "";
    const now = this.#find();
    if (!texts || now.open !== open || !now.proposal || keyOf(now.proposal) !== key) return;
    if (!this.#wanted.has(proposal.id)) return;
    this.#dispatch(open, showing(open.editorState, this.#reviewOf(open, proposal, texts)));
    this.#studio.tell("file:state", { path: open.path });
  }

  #reviewOf({ session, editorState }, proposal, { before, after }) {
    const inEditor = (text) => asDocText(text ?? "", session.ends);
    const given = { before: inEditor(before), after: inEditor(after), hunks: proposal.hunks };
    return {
      key: keyOf(proposal),
      digest: session.file.digest,
      hunks: placeHunks(given, editorState.doc.toString()),
      current: Math.min(shownIn(editorState)?.current ?? 0, proposal.hunks.length - 1),
      keptOf: this.#keptOf(proposal),
      canChoose: this.#studio.project.canWrite,
      tools: this.#tools,
    };
  }

  /** Fetched once; null, and said, where they could not be had: asked for again the next time. */
  #textsOf(proposal, key) {
    if (!this.#texts.has(key)) this.#texts.set(key, this.#load(proposal, key));
    return this.#texts.get(key);
  }

  async #load({ id, hash }, key) {
    try {
      return await this.#studio.chat.proposals.texts(id, hash);
    } catch {
      this.#texts.delete(key);
      this.#wanted.delete(id);
      this.#studio.notice(this.#studio.t("inline.not_loaded"), { kind: "error" });
      return null;
    }
  }

  /** The keyboard stays where it is, though the head of a change is drawn anew. */
  #dispatch(open, spec) {
    const focused = document.activeElement?.closest?.("[data-inline-hunk]");
    const choice = document.activeElement?.dataset.inlineChoice;
    this.#code.dispatch(open, spec);
    if (!focused || focused.isConnected) return;
    const head = this.#head(focused.dataset.inlineHunk);
    (head?.querySelector(`[data-inline-choice="${choice}"]`) ?? head ?? this.#code).focus();
  }

  #head(number) {
    return this.#code.view.dom.querySelector(`[data-inline-hunk="${number}"]`);
  }
}
