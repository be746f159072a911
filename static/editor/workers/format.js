// Prettier, beside the page: a large file takes a second, and nobody's typing waits for it.
//
// In: `{id, language, text, cursor, options}`. Out: `{id, text, cursor}` or `{id, error: {message, line, column}}`.
import { failure, formatted } from "./prettier.js";

addEventListener("message", async ({ data }) => {
  try {
    postMessage({ id: data.id, ...(await formatted(data)) });
  } catch (error) {
    postMessage({ id: data.id, error: failure(error) });
  }
});
