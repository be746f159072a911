// Files into the project: packed into one archive, sent with its progress shown, one revision. All of it or nothing.
import { ask } from "../dialogs.js";
import { explain } from "../problems.js";
import { Progress } from "./progress.js";
import { zip } from "./zip.js";

/** `files`: `[{path, file}]` below `folder`. */
export async function upload(studio, files, folder) {
  const { t } = studio;
  if (files.leftOut) studio.notice(t("transfer.left_out", { count: files.leftOut }));
  if (!files.length) return;
  const progress = new Progress(studio, t("transfer.sending", { count: files.length }));
  try {
    const archive = await zip(files, (done, all) => progress.show(done / Math.max(all, 1) / 4));
    await send(studio, archive, folder, progress, { from: 0.25 });
  } catch (error) {
    failed(studio, error);
  } finally {
    progress.end();
  }
}

/** An archive as it is. */
export async function uploadArchive(studio, archive, folder) {
  const progress = new Progress(studio, studio.t("transfer.importing", { name: archive.name }));
  try {
    await send(studio, archive, folder, progress, { from: 0 });
  } catch (error) {
    failed(studio, error);
  } finally {
    progress.end();
  }
}

async function send(studio, archive, folder, progress, { from }) {
  const sent = (part) =>
    part < 1 ? progress.show(from + part * (1 - from)) : progress.wait(studio.t("transfer.writing"));
  const query = { folder };
  const request = (given) =>
    studio.api.upload("import", archive, { query: given, progress: sent, signal: progress.signal });
  let made;
  try {
    made = await request(query);
  } catch (error) {
    if (error.code !== "path_conflict" || error.body.reason !== "exists") throw error;
    if (!(await mayReplace(studio, error.body.path))) return;
    made = await request({ ...query, replace: 1 });
  }
  done(studio, made);
}

function mayReplace({ t }, path) {
  return ask({
    title: t("transfer.replace.title"),
    text: t("transfer.replace.text", { path }),
    ok: t("transfer.replace.ok"),
    cancel: t("dialog.cancel"),
  });
}

function done(studio, { revision, files }) {
  const { t } = studio;
  if (revision === null) {
    studio.notice(t("transfer.nothing_new"));
    return;
  }
  studio.changed({ revision, paths: null, gone: [] });
  const run = async () => {
    try {
      const undone = await studio.api.post(`revisions/${revision}/revert`, {});
      studio.changed({ revision: undone.revision, paths: null, gone: [] });
      studio.notice(t("tree.undone"), { kind: "success" });
    } catch (error) {
      failed(studio, error);
    }
  };
  const action = { label: t("tree.undo"), run };
  studio.notice(t("transfer.done", { count: files }), { kind: "success", action, seconds: 15 });
}

function failed(studio, error) {
  if (error.name === "AbortError") studio.notice(studio.t("transfer.stopped"));
  else studio.notice(explain(error, studio.t), { kind: "error", key: "transfer" });
}
