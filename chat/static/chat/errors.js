// Codes → what the person reads, and which ways out are offered.

/** What the model's API answered: these texts stand behind the given sentence. */
const FROM_THE_API = new Set(
  `auth permission model_not_found bad_endpoint context_length rate_limit quota unavailable server overloaded
  stream_error bad_request tool_generation_failed timeout_first_byte timeout_stall connection connection_cut
  bad_response`.split(/\s+/),
);
/** Texts that stand for the usual one under an answer that has text, or none. */
const OF_AN_ANSWER = /^(?:answer|nothing)\./;
/** Answers whose text can go on. */
const CONTINUABLE = new Set(["stopped", "interrupted"]);

const uncapitalised = (text) => text.charAt(0).toLowerCase() + text.slice(1);

/** How long the model's server wants to be left alone, where it says so. */
function withWait(i18n, text, { retry_after: seconds = 0 }) {
  return seconds >= 1 ? `${text} ${i18n.t("error.wait", { time: i18n.duration(seconds * 1000) })}` : text;
}

/** `error` is `{code, message, status, retry_after}`: of an answer, or of a request that failed. */
export function errorText(i18n, error) {
  const { code = "unknown", message, status } = error ?? {};
  if (code.startsWith("http_")) return i18n.t("error.http", { status: status || code.slice(5) });
  // A newer server may know codes that this script does not: it also sends a text.
  if (!i18n.has(`error.${code}`)) return message || i18n.t("error.unknown");
  const text = withWait(i18n, i18n.t(`error.${code}`), error ?? {});
  return FROM_THE_API.has(code.replace(OF_AN_ANSWER, ""))
    ? i18n.t("error.openai", { detail: uncapitalised(text) })
    : text;
}

/**
 * Of an answer: what means something else under one than of a request goes first, and nothing is promised of a text that
 * never came.
 */
export function endText(i18n, { status, content, actions, metadata }) {
  const error = status === "stopped" ? { code: "stopped" } : metadata?.error;
  const isEmpty = content === "" && !actions?.length;
  const own = [isEmpty ? `nothing.${error?.code}` : "", `answer.${error?.code}`];
  const code = own.find((name) => i18n.has(`error.${name}`));
  return errorText(i18n, code ? { ...error, code } : error);
}

export function canContinue(message) {
  return message.role === "assistant" && CONTINUABLE.has(message.status) && message.content.trim() !== "";
}

/** Of an error, what the store keeps. */
export const told = (error) => ({
  code: error.code ?? "unknown",
  message: error.text ?? "",
  status: error.status ?? 0,
});
