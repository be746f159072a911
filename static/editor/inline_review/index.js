// The review of a proposal in the editor itself: the bar above the file offers it, the changes stand between its lines. What
// is decided goes through the panel, by the very way of its own review; the file changes only when the server has changed it.
import { Asked } from "./asked.js";
import { Bar } from "./bar.js";
import { Done, doneText } from "./done.js";
import { InText } from "./in_text.js";
import { keyOf } from "./key.js";
import { barOf, canShow } from "./said.js";
import { shownIn } from "./shown.js";
import { choicesOf, originOf, Which } from "./which.js";

export class InlineReview {
  #studio;
  #area;
  #bar;
  #text;
  #commands;
  #runs;
  #which = new Which();
  #done = new Done();
  #asked = new Asked();
  #busy = false;

  constructor(studio, area, place) {
    this.#studio = studio;
    this.#area = area;
    const onKey = (event) => this.#key(event);
    this.#commands = this.#makeCommands();
    this.#runs = this.#makeRuns();
    this.#bar = new Bar(place, studio.t, { run: (name, value) => this.#runs[name](value), onKey });
    const tools = { t: studio.t, keep: (number, on) => this.#keep(number, on), key: onKey };
    const find = () => ({ open: this.#open, proposal: this.#proposal });
    this.#text = new InText(studio, area.code, { tools, find });
    for (const name of ["file:shown", "file:opened"]) studio.bus.addEventListener(name, () => this.update());
    studio.bus.addEventListener("file:state", () => this.update());
    studio.bus.addEventListener("file:closed", ({ detail }) => {
      this.#done.drop(detail.path);
      if (!this.#asked.of(detail.path)) this.#which.forget(detail.path);
    });
  }

  /** Whether the changes of the file in sight can be shown in its text. */
  get hasOffer() {
    return this.#offered !== null;
  }

  /** The panel's news, or the file's. */
  update() {
    const open = this.#open;
    const proposal = this.#proposal;
    if (open) this.#settleAsked(open, proposal);
    if (open) this.#done.settle(open.path, this.#proposals);
    if (open) this.#text.settle(open, this.#done.of(open.path) ? null : this.#offered);
    const asked = open && this.#asked.of(open.path);
    const said = open && barOf(this.#facts(open, proposal));
    this.#bar.show(said, this.#busy || Boolean(proposal?.busy), asked ?? undefined);
  }

  /** Shows the changes in the text, and goes to the first one. */
  async start(how) {
    const proposal = this.#offered;
    if (!proposal) return;
    this.#done.drop(proposal.path);
    this.#which.choose(proposal);
    await this.#text.start(this.#open, proposal, how);
  }

  stop() {
    this.#text.stop();
    this.#asked.drop(this.#open?.path);
    this.update();
    this.#area.code.focus();
  }

  toggle() {
    return this.#shown ? this.stop() : this.start();
  }

  /** The next change, or the one before; the review begins where it has not. */
  step(by) {
    return this.#shown ? this.#move(by) : this.start();
  }

  // --- What is there

  /**
   * What a reason is being written for was decided on elsewhere, or is another by now: nothing else gets that reason. What was
   * written stays in sight.
   */
  #settleAsked({ path }, proposal) {
    const gone = this.#busy ? null : this.#asked.settle(path, proposal);
    if (!gone) return;
    const reason = gone.reason.trim();
    const said = [this.#studio.t("inline.gone"), reason && this.#studio.t("inline.gone_reason", { reason })];
    this.#studio.notice(said.filter(Boolean).join(" "), {
      kind: "error",
      key: `inline ${reason && gone.key}`,
    });
  }

  get #open() {
    const { active } = this.#area;
    return active?.session ? active : null;
  }

  get #proposals() {
    const path = this.#open?.path;
    return (path && this.#studio.chat.proposals?.of(path)) || [];
  }

  get #proposal() {
    return this.#open ? this.#which.of(this.#open.path, this.#proposals) : null;
  }

  /** What can be shown in the text. */
  get #offered() {
    const proposal = this.#proposal;
    return proposal && canShow(proposal) ? proposal : null;
  }

  get #shown() {
    return this.#open && shownIn(this.#open.editorState);
  }

  #facts({ path, session }, proposal) {
    const isKept = (_, hunk) => this.#studio.chat.proposals.isKept(proposal.id, hunk);
    return {
      proposal,
      choices: choicesOf(this.#proposals, this.#studio.i18n),
      origin: proposal && originOf(proposal, this.#studio.i18n),
      done: this.#done.of(path),
      isOn: Boolean(this.#shown),
      kept: (proposal?.hunks ?? []).filter(isKept).length,
      isDirty: session.isDirty || session.isSaving,
      hasMoved: session.file.digest !== proposal?.base,
      canWrite: this.#studio.project.canWrite,
      asksReason: this.#asked.of(path) !== null,
    };
  }

  // --- Going through and choosing

  #key(event) {
    if (event.defaultPrevented || event.isComposing) return;
    const command = this.#studio.chat.proposals.commandOf(event);
    const isWriting = ["INPUT", "SELECT"].includes(event.target.tagName);
    const run = event.key === "Escape" ? () => this.#leave() : !isWriting && this.#commands[command];
    if (!run) return;
    event.preventDefault();
    event.stopPropagation();
    run();
  }

  #leave() {
    if (this.#asked.of(this.#open?.path)) this.#askReason(false);
    else this.#area.code.focus();
  }

  /** Of the keys that the review has, those that mean something here. */
  #makeCommands() {
    return {
      next: () => this.#move(1),
      previous: () => this.#move(-1),
      keep: () => this.#choose(true),
      drop: () => this.#choose(false),
      applyFile: () => this.#shown && this.#apply(),
      rejectFile: () => this.#shown && this.#askReason(true),
      edit: () => this.#runs.pane(),
      undo: () => this.#done.of(this.#open?.path) && this.#runs.undo(),
    };
  }

  #move(by) {
    const shown = this.#shown;
    if (!shown) return;
    const number = Math.max(0, Math.min(shown.hunks.length - 1, shown.current + by));
    this.#text.goTo(this.#open, number);
  }

  #choose(on) {
    const shown = this.#shown;
    if (!shown?.canChoose) return;
    this.#keep(shown.current, on);
    if (shown.current < shown.hunks.length - 1) this.#move(1);
  }

  /** The panel tells the page what was chosen, here as in its review: `update` shows it. */
  #keep(number, on) {
    const { id } = this.#proposal;
    this.#text.choose(this.#open, number);
    this.#studio.chat.proposals.keep(id, number, on);
    this.#bar.say(this.#studio.t(on ? "inline.is_kept" : "inline.is_out"));
  }

  // --- Deciding

  /** What the buttons of the bar do. */
  #makeRuns() {
    const doneId = () => this.#done.of(this.#open.path)?.id;
    return {
      start: () => this.start(),
      stop: () => this.stop(),
      pane: () => this.#studio.chat.proposals.review(this.#open.path, this.#proposal?.id),
      which: (id) => this.#switchTo(id),
      conversation: () => this.#toConversation(),
      another: () => this.#another(),
      next: () => this.#move(1),
      previous: () => this.#move(-1),
      save: () => this.#open.session.save(),
      apply: () => this.#apply(),
      reject: () => this.#askReason(true),
      cancel: () => this.#askReason(false),
      typed: (reason) => this.#asked.write(this.#open.path, reason),
      reject_now: (reason) => this.#reject(reason),
      undo: () => this.#decide("undo", doneId(), { seen: "completed" }),
      redo: () => this.#decide("undo", doneId(), { seen: "undone", told: "apply" }),
      reopen: () => this.#reopen(doneId()),
      dismiss: () => this.#dismiss(),
    };
  }

  /** Another of the file's proposals: what was begun with the one before is left, the keyboard stays at the choice. */
  #switchTo(id) {
    const wasOn = Boolean(this.#shown);
    this.#asked.drop(this.#open.path);
    this.#text.stop();
    this.#which.choose({ path: this.#open.path, id });
    this.update();
    if (wasOn) this.start({ focus: false });
  }

  #toConversation() {
    this.#studio.panes.show("chat");
    return this.#studio.chat.openConversation(this.#proposal.conversationId);
  }

  /** What was done is read; what else waits comes into sight. */
  #another() {
    this.#done.drop(this.#open.path);
    this.update();
    this.#bar.focus();
  }

  #askReason(on) {
    if (!this.#studio.project.canWrite) return;
    const proposal = this.#proposal;
    const { path } = this.#open;
    if (!on) this.#asked.drop(path);
    else if (proposal && !this.#asked.of(path)) this.#begin(path, proposal);
    this.update();
    this.#bar.focus();
  }

  #begin(path, proposal) {
    this.#asked.begin(path, proposal);
    this.#which.choose(proposal);
  }

  /** The very one that the reason was asked for. */
  #reject(reason) {
    const { proposal } = this.#asked.of(this.#open.path) ?? {};
    return proposal && this.#decide("reject", proposal.id, { reason, hash: proposal.hash });
  }

  /** What is not saved stays here: the server merges with what it has, so it must have it all. */
  #apply() {
    if (!this.#studio.project.canWrite) return null;
    if (this.#open.session.isDirty) return this.#bar.say(this.#studio.t("inline.dirty"));
    const { id, hash } = this.#proposal;
    if (this.#shown.key !== keyOf({ id, hash })) return null; // not what is in sight; it will be in a moment
    return this.#decided("apply", id, () => this.#studio.chat.proposals.apply(id, hash));
  }

  /** `told` is what it comes to, where that has another name. */
  #decide(what, id, { told = what, ...given } = {}) {
    if (id === undefined || !this.#studio.project.canWrite) return null;
    return this.#decided(told, id, () => this.#studio.chat.proposals.decide(what, id, given));
  }

  /** Taken up again it is offered again. */
  async #reopen(id) {
    const { path } = this.#open;
    const answer = await this.#studio.chat.proposals.decide("reopen", id);
    if (answer) {
      this.#done.drop(path);
      this.#which.choose({ path, id });
    }
    this.update();
  }

  async #decided(what, id, request) {
    if (this.#busy) return;
    const { path } = this.#open;
    const origin = this.#originOf(path, id);
    this.#busy = true;
    this.update();
    try {
      const answer = await request();
      if (answer) this.#keepDone(path, { what, id, revision: answer.revision, origin });
      else this.#studio.panes.show("chat"); // why not is said there
    } finally {
      this.#busy = false;
      this.update();
    }
    this.#sayDone();
  }

  /** Which answer it came from; of what was done already, as it was then. */
  #originOf(path, id) {
    const proposal = this.#studio.chat.proposals.of(path).find((each) => each.id === id);
    return proposal ? originOf(proposal, this.#studio.i18n) : (this.#done.of(path)?.origin ?? "");
  }

  #keepDone(path, done) {
    this.#asked.drop(path);
    this.#text.stop(done.id);
    this.#which.forget(path);
    this.#done.keep(path, done, this.#studio.chat.proposals.of(path));
  }

  #sayDone() {
    const done = this.#done.of(this.#open?.path);
    if (!done) return;
    this.#bar.focus();
    this.#bar.say(doneText(done, this.#studio.t));
  }

  #dismiss() {
    this.#done.drop(this.#open.path);
    this.update();
    this.#area.code.focus();
  }
}
