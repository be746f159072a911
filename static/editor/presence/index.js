// What happens in the project while the page is open: others' changes, and who is there. A person's tabs are there as one,
// which shows the file of the tab that was looked at last.
import { followProject } from "./follow.js";
import { isOwn } from "./own.js";
import { People } from "./people.js";

const SETTLES_IN = 250;

/** What the chat panel is told. A stream that begins (again) may have missed what is in no revision. */
const CONVERSATIONS = {
  ready: () => ({}),
  "proposals.changed": (data) => ({
    conversationId: data.conversation_id,
    messageId: data.message_id,
    actions: data.actions,
  }),
  "conversation.changed": (data) => ({
    conversationId: data.conversation_id,
    messageId: data.message_id,
    list: data.what !== "message",
    deleted: data.what === "deleted",
    by: data.by,
  }),
};

export function startPresence(studio) {
  const presence = new Presence(studio);
  studio.changed = (detail) => presence.own(detail);
  presence.start();
  return presence;
}

class Presence {
  #studio;
  #people;
  #stream;
  #client;
  #told = new Set();
  #path;
  #timer;

  constructor(studio) {
    this.#studio = studio;
    const { stream, client } = followProject(studio, (type, data) => this.#happened(type, data));
    this.#stream = stream;
    this.#client = client;
    this.#people = new People(studio, client);
  }

  start() {
    const { bus } = this.#studio;
    for (const name of ["file:opened", "file:shown"]) {
      bus.addEventListener(name, ({ detail }) => this.#shows(detail.path));
    }
    document.addEventListener("visibilitychange", () => this.#isHere());
    addEventListener("focus", () => this.#isHere());
    this.#stream.start();
  }

  /** Something that this page has just done: told at once, and not again when the server tells it. */
  own(detail) {
    this.#told.add(detail.revision);
    this.#studio.tell("files:changed", { gone: [], renamed: {}, origin: "user", ...detail, mine: true });
  }

  #happened(type, data) {
    if (type in CONVERSATIONS) this.#studio.tell("conversation:changed", CONVERSATIONS[type](data));
    else if (type === "files.changed") this.#changed(data);
    else if (type === "presence") this.#people.show(data.people);
    else if (type === "moved") this.#tellWhere(data.path);
    else if (type === "access.ended") this.#ended();
  }

  #changed(detail) {
    if (this.#told.delete(detail.revision)) return;
    const { api, given } = this.#studio;
    const mine = isOwn(
      { id: detail.author_id, client: detail.client },
      { id: given.user, client: api.client },
    );
    const told = { ...detail, author: this.#nameOf(detail), mine };
    this.#studio.tell("files:changed", told);
    if (!mine) this.#people.told(told, this.#path);
  }

  /** Nobody reads his own name when another page of his has saved. */
  #nameOf({ author, author_id: id, client }) {
    const { given, t } = this.#studio;
    return client && id === given.user ? t("presence.own_tab") : author;
  }

  #ended() {
    this.#people.show([]);
    const { t } = this.#studio;
    const action = { label: t("presence.projects"), run: () => location.assign("/") };
    this.#studio.notice(t("presence.ended"), { kind: "error", key: "access", action });
    this.#studio.tell("access:ended", {});
  }

  /** Others see where one is, once one stays there. */
  #shows(path) {
    this.#path = path;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#isHere(), SETTLES_IN);
  }

  #isHere() {
    if (document.hidden || this.#path === undefined) return;
    if (this.#stream.shows(this.#path)) this.#tellWhere(this.#path);
  }

  async #tellWhere(path) {
    try {
      await this.#studio.api.post("presence", { client: this.#client, path });
    } catch (error) {
      if (!error.status && error.name !== "ApiError") throw error; // the stream knows when the server is away
    }
  }
}
