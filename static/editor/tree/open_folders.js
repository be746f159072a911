// Which folders are open, from one visit to the next: kept in this browser, by project.
const MOST = 300;

export class OpenFolders {
  #key;
  #model;

  constructor(projectId, model) {
    this.#key = `webox.tree.${projectId}`;
    this.#model = model;
  }

  restore() {
    const stored = localStorage.getItem(this.#key);
    if (stored) for (const path of stored.split("\n")) this.#model.toggle(path, true);
  }

  keep() {
    try {
      localStorage.setItem(this.#key, [...this.#model.expanded].slice(-MOST).join("\n"));
    } catch (error) {
      if (error.name !== "QuotaExceededError") throw error; // a full store: the tree opens closed next time
    }
  }
}
