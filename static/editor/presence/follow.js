// What a page of the studio needs to follow its project.
import { browserId, Sharing } from "./sharing.js";
import { ProjectStream } from "./stream.js";

const OVER = [401, 403, 404];

/** `{stream, client}`: the stream, not yet started, and the name under which this page is there. */
export function followProject({ api, given, project }, onEvent) {
  const sharing = new Sharing({ user: given.user, project: project.id });
  const client = sharing.works ? browserId() : api.client;
  const address = (query) => api.url("events", { client, ...query });
  const isRefused = async () => {
    try {
      await api.get("files", { query: { limit: 1 } });
    } catch (error) {
      return OVER.includes(error.status);
    }
    return false;
  };
  const stream = new ProjectStream({ sharing, address, after: given.revision, onEvent, isRefused });
  return { stream, client };
}
