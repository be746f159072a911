// A new file with a text; one that is there already is left alone, and said.
import { filePath } from "./api.js";

/** Gives whether it was made; then it is open. */
export async function createFile(studio, path, text) {
  try {
    const made = await studio.api.put(filePath(path), { text }, { headers: { "If-None-Match": "*" } });
    studio.tell("files:changed", {
      revision: made.revision,
      paths: [made.path],
      origin: "user",
      author: null,
      mine: true,
    });
    await studio.open(made.path);
    return true;
  } catch (error) {
    if (!error.code) throw error;
    studio.notice(reasonOf(error, studio.t), { kind: "error" });
    return false;
  }
}

function reasonOf({ code, message }, t) {
  if (code === "stale") return t("create.exists");
  return code === "bad_path" && message === code ? t("create.bad_path") : message;
}
