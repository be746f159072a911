// What earlier builds have left goes once its successors are there, and never before: a build that is stopped half-way,
// as when a server is started and ended at once, must not leave bundles with holes.
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";

export class Sweep {
  #kept = new Set();

  keep(...files) {
    for (const file of files) this.#kept.add(resolve(file));
  }

  /** For esbuild (with `metafile`): keeps what it writes. */
  get plugin() {
    return {
      name: "sweep",
      setup: (build) => build.onEnd(({ metafile }) => this.keep(...Object.keys(metafile?.outputs ?? {}))),
    };
  }

  /** Takes away every other file of these folders. */
  run(...folders) {
    for (const folder of folders.filter((one) => existsSync(one))) {
      for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
        const file = resolve(join(entry.parentPath ?? entry.path, entry.name));
        if (entry.isFile() && !this.#kept.has(file)) rmSync(file);
      }
    }
  }
}
