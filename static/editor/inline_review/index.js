// The review of a proposal in the editor itself: the bar above the file offers it, the changes stand between its lines. What
// is decided goes through the panel, by the very way of its own review; the file changes only when the server has changed it.
import { Bar } from "./bar.js";
import { InText } from "./in_text.js";
import { barOf, canShow } from "./said.js";
import { shownIn } from "./shown.js";

export class InlineReview {
  #studio;
  #area;
  #bar;
  #text;
  #commands;
  #runs;
  #done = new Map(); // path → what was done last, and can be taken back
  #asksReason = false;
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
    for (const name of ["file:shown", "file:opened"])
      studio.bus.addEventListener(name, () => this.#arrived());
    studio.bus.addEventListener("file:state", () => this.update());
    studio.bus.addEventListener("file:closed", ({ detail }) => this.#done.delete(detail.path));
  }

  /** Whether the changes of the file in sight can be shown in its text. */
  get hasOffer() {
    return this.#shownProposal !== null;
  }

  /** The panel's news, or the file's. */
  update() {
    const open = this.#open;
    const proposal = this.#proposal;
    if (open) this.#text.settle(open, this.#shownProposal);
    this.#bar.show(open && barOf(this.#facts(open, proposal)), this.#busy || Boolean(proposal?.busy));
  }

  /** Shows the changes in the text, and goes to the first one. */
  async start() {
    const proposal = this.#shownProposal;
    if (!proposal) return;
    this.#done.delete(proposal.path);
    await this.#text.start(this.#open, proposal);
  }

  stop() {
    this.#text.stop();
    this.#asksReason = false;
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

  /** Another file is in sight. */
  #arrived() {
    this.#asksReason = false;
    this.update();
  }

  get #open() {
    const { active } = this.#area;
    return active?.session ? active : null;
  }

  get #proposal() {
    const path = this.#open?.path;
    return (path && this.#studio.chat.proposals?.of(path)[0]) || null;
  }

  get #shownProposal() {
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
      done: proposal?.canApply ? null : (this.#done.get(path) ?? null),
      isOn: Boolean(this.#shown),
      kept: (proposal?.hunks ?? []).filter(isKept).length,
      isDirty: session.isDirty || session.isSaving,
      hasMoved: session.file.digest !== proposal?.base,
      canWrite: this.#studio.project.canWrite,
      asksReason: this.#asksReason,
    };
  }

  // --- Going through and choosing

  #key(event) {
    if (event.defaultPrevented || event.isComposing) return;
    const command = this.#studio.chat.proposals.commandOf(event);
    const isWriting = event.target.tagName === "INPUT";
    const run = event.key === "Escape" ? () => this.#leave() : !isWriting && this.#commands[command];
    if (!run) return;
    event.preventDefault();
    event.stopPropagation();
    run();
  }

  #leave() {
    if (this.#asksReason) this.#askReason(false);
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
      undo: () => this.#done.has(this.#open?.path) && this.#runs.undo(),
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
    const doneId = () => this.#done.get(this.#open.path)?.id;
    return {
      start: () => this.start(),
      stop: () => this.stop(),
      pane: () => this.#studio.commands.run("review-file", this.#open.path),
      next: () => this.#move(1),
      previous: () => this.#move(-1),
      save: () => this.#open.session.save(),
      apply: () => this.#apply(),
      reject: () => this.#askReason(true),
      cancel: () => this.#askReason(false),
      reject_now: (reason) => this.#decide("reject", this.#proposal?.id, { reason }),
      undo: () => this.#decide("undo", doneId()),
      redo: () => this.#decide("undo", doneId(), { told: "apply" }),
      reopen: () => this.#reopen(doneId()),
      dismiss: () => this.#dismiss(),
    };
  }

  #askReason(on) {
    if (!this.#studio.project.canWrite) return;
    this.#asksReason = on;
    this.update();
    this.#bar.focus();
  }

  /** What is not saved stays here: the server merges with what it has, so it must have it all. */
  #apply() {
    if (!this.#studio.project.canWrite) return null;
    if (this.#open.session.isDirty) return this.#bar.say(this.#studio.t("inline.dirty"));
    const { id } = this.#proposal;
    return this.#decided("apply", id, () => this.#studio.chat.proposals.apply(id));
  }

  /** `told` is what it comes to, where that has another name. */
  #decide(what, id, { reason = "", told = what } = {}) {
    if (id === undefined || !this.#studio.project.canWrite) return null;
    return this.#decided(told, id, () => this.#studio.chat.proposals.decide(what, id, reason));
  }

  /** Taken up again it is offered again. */
  async #reopen(id) {
    const { path } = this.#open;
    const answer = await this.#studio.chat.proposals.decide("reopen", id);
    if (answer) this.#done.delete(path);
    this.update();
  }

  async #decided(what, id, request) {
    if (this.#busy) return;
    const { path } = this.#open;
    this.#busy = true;
    this.update();
    try {
      const answer = await request();
      if (answer) this.#keepDone(path, { what, id, revision: answer.revision });
      else this.#studio.panes.show("chat"); // why not is said there
    } finally {
      this.#busy = false;
      this.update();
    }
    if (this.#done.has(this.#open?.path)) this.#bar.focus();
  }

  #keepDone(path, done) {
    this.#asksReason = false;
    this.#text.stop(done.id);
    this.#done.set(path, done);
  }

  #dismiss() {
    this.#done.delete(this.#open.path);
    this.update();
    this.#area.code.focus();
  }
}
