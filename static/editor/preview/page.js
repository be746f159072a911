// The preview in a tab of its own: the same pane, alone on a page of the studio.
import { followProject } from "../presence/follow.js";
import { makeStudio } from "../studio.js";
import { PreviewPane } from "./pane.js";

const studio = makeStudio(document.body);
const asked = new URLSearchParams(location.search);

new PreviewPane(studio, studio.panes.element("preview"), {
  path: (asked.get("path") ?? "").replace(/^\/+/, ""),
  revision: Number(asked.get("revision")) || null,
  alone: true,
});

// others' changes, and one's own from the editor in another tab
const { stream } = followProject(studio, (type, data) => {
  if (type === "files.changed") studio.tell("files:changed", data);
});
stream.start();
