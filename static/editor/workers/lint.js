// Real parsers, beside the page: a long file takes them a while, and nobody's typing waits for it.
//
// In: `{id, language, text, path, pieces}`. Out: `{id, problems: [{from, to, severity, code, values}]}`.
import { problemsIn } from "../lint/worker/index.js";

addEventListener("message", async ({ data }) => {
  try {
    postMessage({ id: data.id, problems: await problemsIn(data) });
  } catch (error) {
    postMessage({ id: data.id, error: { message: String(error?.message ?? error) } });
  }
});
