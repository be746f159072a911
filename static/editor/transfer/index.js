// Importing an archive.
import { uploadArchive } from "./upload.js";

export function startTransfer(studio) {
  studio.commands.add({
    id: "transfer.import",
    title: studio.t("transfer.import_zip"),
    when: () => studio.project.canWrite,
    run: () => pick(studio),
  });
}

function pick(studio) {
  const input = document.createElement("input");
  input.type = "file";
  input.accept = ".zip,application/zip";
  input.addEventListener("change", () => input.files[0] && uploadArchive(studio, input.files[0], ""));
  input.click();
}
