// Tells the other tabs of this browser that something began, so that they look at once instead of at their next focus.

export class Tabs {
  #channel;

  constructor(projectId, onNews) {
    this.#channel = "BroadcastChannel" in globalThis ? new BroadcastChannel(`webox-chat:${projectId}`) : null;
    this.#channel?.addEventListener("message", ({ data }) => onNews(data));
  }

  tell(news) {
    this.#channel?.postMessage(news);
  }

  close() {
    this.#channel?.close();
  }
}
