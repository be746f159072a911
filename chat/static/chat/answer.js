// Events → the state of an answer: the twin of `chat/events/state.py`. One trace (tests/traces) guards both.

export const TERMINAL = Object.freeze({
  "turn.completed": "complete",
  "turn.stopped": "stopped",
  "turn.interrupted": "interrupted",
  "turn.failed": "failed",
});

export const EMPTY_ANSWER = Object.freeze({
  status: "streaming",
  content: "",
  reasoning: "",
  model: null,
  context: null,
  steps: Object.freeze([]),
  actions: Object.freeze([]),
  usage: null,
  metadata: null,
  last_seq: 0,
});

const byPosition = (a, b) => a.position - b.position;

function withAction(actions, action) {
  const others = (actions ?? []).filter((other) => other.position !== action.position);
  return [...others, action].sort(byPosition);
}

function ended(status) {
  return (answer, { metadata }) => {
    answer.status = status;
    answer.metadata = metadata;
  };
}

function setAction(answer, { position, action }) {
  answer.actions = withAction(answer.actions, { position, ...action });
}

// Each handler may change the copy that `foldEvents` made, never the values inside it.
const HANDLERS = Object.freeze({
  "turn.started": (answer, { model }) => {
    answer.model = model;
  },
  "context.built": (answer, data) => {
    answer.context = data;
  },
  // The engine joins strings lazily, so adding to a long text costs as little as adding to a list.
  "text.delta": (answer, { text }) => {
    answer.content += text;
  },
  "reasoning.delta": (answer, { text }) => {
    answer.reasoning += text;
  },
  "step.started": (answer, data) => {
    // One that is told again goes on with other arguments: a summary in several parts.
    const started = { ...data, summary: null, error: null, done: false };
    const steps = answer.steps ?? [];
    const at = steps.findIndex(({ step }) => step === data.step);
    answer.steps = at < 0 ? [...steps, started] : steps.with(at, started);
  },
  "step.finished": (answer, { step, summary, error = null }) => {
    const finish = (known) => (known.step === step ? { ...known, summary, error, done: true } : known);
    answer.steps = (answer.steps ?? []).map(finish);
  },
  "action.started": (answer, data) => {
    answer.actions = withAction(answer.actions, { ...data, status: "writing", text: "" });
  },
  "action.delta": (answer, { position, text }) => {
    const index = (answer.actions ?? []).findIndex((action) => action.position === position);
    if (index < 0) return;
    const action = answer.actions[index];
    answer.actions = answer.actions.with(index, { ...action, text: (action.text ?? "") + text });
  },
  "action.proposed": setAction,
  "action.updated": setAction,
  usage: (answer, data) => {
    answer.usage = data;
  },
  "turn.completed": ended("complete"),
  "turn.stopped": ended("stopped"),
  "turn.interrupted": ended("interrupted"),
  "turn.failed": ended("failed"),
});

/** Folds `[[seq, type, data], …]` into an answer. What is already in is passed over, so a replay may overlap. */
export function foldEvents(answer, events) {
  const next = { ...answer };
  for (const [seq, type, data] of events) {
    if (seq <= next.last_seq) continue;
    next.last_seq = seq;
    HANDLERS[type]?.(next, data);
  }
  return next.last_seq === answer.last_seq ? answer : Object.freeze(next);
}

export const EVENT_TYPES = Object.freeze(Object.keys(HANDLERS));
