// What a review is about: an answer's proposals, and the one in sight.

const ordered = (actions) => (actions ?? []).filter((action) => action?.action_type);

export class Subject {
  message = null;
  #position = null;

  /** Looks the message up in the store's state; none where it is gone or proposes nothing. */
  find(state, messageId) {
    const message = state.messages.find(({ id }) => id === messageId);
    this.message = ordered(message?.actions).length ? message : null;
    return this.message !== null;
  }

  get actions() {
    return ordered(this.message?.actions);
  }

  get current() {
    return this.actions.find(({ position }) => position === this.#position) ?? this.actions[0];
  }

  /** Whether the answer is whole: before that nothing can be decided. */
  get ended() {
    return this.message.status !== "streaming";
  }

  choose(position) {
    this.#position = position;
  }

  /** The proposal so many places further, if there is one. */
  neighbour(by) {
    return this.actions[this.actions.indexOf(this.current) + by];
  }
}
