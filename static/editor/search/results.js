// What a search has found so far, by file. No DOM.

export class Results {
  files = [];
  count = 0;
  summary = null;

  /** One line of the answer: a file's matches, or the last word. Throws what the server says went wrong. */
  add(line) {
    if (line.error)
      throw Object.assign(new Error(line.error.message), { code: line.error.code, status: 400 });
    if (line.path === undefined) {
      this.summary = line;
      return null;
    }
    this.files.push(line);
    this.count += line.matches.length;
    return line;
  }

  get isComplete() {
    return this.summary?.complete ?? false;
  }
}

/** JSON lines out of pieces of bytes, however they are cut. */
export async function* jsonLines(stream) {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const piece of pieces(stream)) {
    rest += decoder.decode(piece, { stream: true });
    const lines = rest.split("\n");
    rest = lines.pop();
    for (const line of lines) if (line) yield JSON.parse(line);
  }
}

/** A stream is not iterable in every browser. */
async function* pieces(stream) {
  const reader = stream.getReader();
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) yield piece.value;
  } finally {
    reader.cancel().catch(() => {}); // it has failed already, and its reader knows
  }
}

/** The line of a match in three parts: before it, the match, after it. Columns count characters, not UTF-16. */
export function partsOf({ text, column, length, start }) {
  const characters = [...text];
  const from = column - 1 - start;
  return [
    (start > 0 ? "…" : "") + characters.slice(0, from).join("").trimStart(),
    characters.slice(from, from + length).join(""),
    characters.slice(from + length).join(""),
  ];
}

/** Where an editor that counts in UTF-16 finds a match. */
export function columnOf({ text, column, start }) {
  const characters = [...text].slice(0, column - 1 - start);
  return start + characters.join("").length + 1;
}
