// Between the proposals in the answers, the review and the host page. The review and its editor are loaded when somebody
// opens one: the panel stays small.
import { applyingAll, canApply } from "./review/choice.js";
import { Choices } from "./review/choices.js";
import { suggestedPath } from "./suggest_path.js";

const loadPane = () => import("./review/pane.js");

export class ProposalsHost {
  #i18n;
  #store;
  #project;
  #decisions;
  #shelf;
  #choices;
  #tools;
  #pane = null;
  #loading = null;
  #closed = false;
  #opener = null;

  /**
   * `tools`: place(element), tell(name, detail), tellProposals(), announce(text), failed(error), ask(question) and
   * reach(conversationId, messageId), which opens a conversation as far back as an answer of it.
   */
  constructor({ i18n, store, project, decisions, shelf, tools }) {
    this.#i18n = i18n;
    this.#store = store;
    this.#project = project;
    this.#decisions = decisions;
    this.#shelf = shelf;
    this.#choices = new Choices(shelf);
    this.#tools = tools;
  }

  /** What the parts of an answer call. */
  get actions() {
    return {
      review: (messageId, position) => this.review(messageId, position),
      applyAll: (messageId) => this.#applyAll(messageId),
      decideAll: (what, messageId, reason) => this.#decideAll(what, messageId, reason),
      preview: (messageId) => this.#preview(messageId),
      insertCode: ({ text, language }) => this.#tools.tell("insert-code", { text, language }),
      createFile: (message, block) => this.#createFile(message, block),
    };
  }

  update(state) {
    this.#pane?.update(state);
  }

  /** The page may go away: what is being edited is kept. */
  keep() {
    this.#choices.flush();
  }

  get choices() {
    return this.#choices;
  }

  close() {
    this.#closed = true;
    this.#pane?.close();
    this.#pane?.destroy();
  }

  failed(error) {
    this.#tools.failed(error);
  }

  async review(messageId, position = null) {
    this.#opener = this.#tools.focused();
    await this.#withPane(messageId, (pane) => pane.open(this.#store.state, messageId, position));
  }

  /** The review is of the open conversation: that of the answer becomes it. */
  async #withPane(messageId, use) {
    try {
      const [pane, isThere] = await Promise.all([this.#load(), this.#reach(messageId)]);
      if (this.#closed) return;
      if (!isThere) return this.#tools.failed({ code: "not_found" });
      this.#tools.tell("review", {}); // a page that hides the panel shows it now
      use(pane);
    } catch (error) {
      this.#tools.failed(error);
    }
  }

  async #reach(messageId) {
    if (this.#message(messageId)) return true;
    const place = this.#project.conversationOf(messageId);
    return place !== null && this.#tools.reach(place, messageId);
  }

  /** There is one pane, whatever else fails. */
  #load() {
    this.#loading ??= this.#make().catch((error) => {
      this.#loading = null;
      // A new version of the site has other file names: only the page itself can find them.
      throw error instanceof TypeError ? { code: "review_not_loaded" } : error;
    });
    return this.#loading;
  }

  #make() {
    return loadPane().then(({ ReviewPane }) => {
      this.#pane = new ReviewPane({
        i18n: this.#i18n,
        decisions: this.#decisions,
        shelf: this.#shelf,
        choices: this.#choices,
        host: {
          openFile: (path, line) => this.#tools.tell("open-file", line ? { path, line } : { path }),
          ask: (text) => this.#tools.ask({ text, send: true }),
          closed: () => this.#closedPane(),
          hidden: () => this.#tools.tell("review", {}),
        },
      });
      this.#tools.place(this.#pane.element);
      return this.#pane;
    });
  }

  /** What was chosen in it may be shown beside the page's own files. */
  #closedPane() {
    this.#tools.tellProposals();
    this.#returnFocus();
  }

  #returnFocus() {
    if (this.#opener?.isConnected) this.#opener.focus({ preventScroll: true });
    this.#opener = null;
  }

  #message(id) {
    return this.#store.state.messages.find((message) => message.id === id);
  }

  async #applyAll(messageId) {
    const { actions = [] } = this.#message(messageId) ?? {};
    // One that can't be applied has to be seen before the others are.
    const failed = actions.find(({ status }) => status === "failed");
    if (failed) {
      this.#tools.announce(this.#i18n.t("review.failed_first"));
      return this.review(messageId, failed.position);
    }
    const items = applyingAll(actions, (action) => this.#choices.of(action));
    if (!items.length) return this.review(messageId);
    await this.try("apply", messageId, { items }, () => this.#decisions.apply(messageId, items));
    for (const { id, status } of this.#message(messageId)?.actions ?? [])
      if (status === "completed") this.#choices.forget({ id });
  }

  #decideAll(what, messageId, reason = "") {
    return this.try(what, messageId, {}, () => this.#decisions.decide(what, messageId, { reason }));
  }

  /** The answer of the request, or null; a conflict is shown in the review. `about` is `{action, items}` as far as it goes. */
  async try(what, messageId, { action = null, items = [] }, request) {
    try {
      const answer = await request();
      if (answer) this.#tools.announce(this.#i18n.t(`review.done.${what}`));
      return answer;
    } catch (error) {
      const again = () => this.try(what, messageId, { action, items }, request);
      if (error.code === "conflict")
        await this.#showConflict(messageId, { what, error, action, items, again });
      else this.#tools.failed(error);
      return null;
    }
  }

  #showConflict(messageId, refusal) {
    this.#opener = this.#tools.focused();
    return this.#withPane(messageId, (pane) => pane.openRefused(this.#store.state, messageId, refusal));
  }

  async #preview(messageId) {
    if (this.#store.state.previewed === messageId) return this.#endPreview();
    try {
      const files = await this.#decisions.proposal(messageId);
      this.#store.dispatch({ type: "proposal.previewed", messageId });
      this.#tools.tell("preview-proposal", { messageId, files });
      this.#tools.announce(this.#i18n.t("review.previewing"));
    } catch (error) {
      this.#tools.failed(error);
    }
  }

  #endPreview() {
    const messageId = this.#store.state.previewed;
    this.#store.dispatch({ type: "proposal.previewed", messageId: null });
    this.#tools.tell("preview-proposal", { messageId, files: null });
  }

  /** Nothing of a proposal is left to preview: the host shows the project as it is. */
  settlePreview() {
    const { previewed } = this.#store.state;
    if (previewed === null) return;
    if (!this.#message(previewed)?.actions?.some(canApply)) this.#endPreview();
  }

  #createFile(message, { text, language, info }) {
    const question = this.#message(message.reply_to)?.content ?? "";
    const path = suggestedPath({ info, language, code: text, question });
    this.#tools.tell("create-file", { text, language, path });
  }
}
