// Bytes → server-sent events (WHATWG HTML, 9.2.6). No I/O: may be fed any cut of the bytes.

export class SseDecoder {
  #text = new TextDecoder("utf-8"); // keeps half characters for the next call and drops a BOM
  #rest = "";
  #afterReturn = false;
  #data = [];
  #event = "";
  #id = "";

  /** Returns the events that these bytes complete, as `{id, event, data}`. */
  push(bytes) {
    return this.#take(this.#text.decode(bytes, { stream: true }));
  }

  #take(text) {
    const lines = this.#split(text);
    const events = [];
    for (const line of lines) {
      const event = line === "" ? this.#dispatch() : this.#field(line);
      if (event) events.push(event);
    }
    return events;
  }

  #split(text) {
    if (text === "") return [];
    // A CR at the end of the last piece and a LF at the start of this one are one line break.
    const start = this.#afterReturn && text[0] === "\n" ? 1 : 0;
    this.#afterReturn = text.endsWith("\r");
    const lines = (this.#rest + text.slice(start)).split(/\r\n|\r|\n/);
    this.#rest = lines.pop();
    return lines;
  }

  #field(line) {
    const colon = line.indexOf(":");
    if (colon === 0) return null;
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "data") this.#data.push(value);
    else if (name === "event") this.#event = value;
    else if (name === "id" && !value.includes("\0")) this.#id = value;
    return null;
  }

  #dispatch() {
    const event = this.#data.length
      ? { id: this.#id, event: this.#event || "message", data: this.#data.join("\n") }
      : null;
    this.#data = [];
    this.#event = "";
    return event;
  }
}
