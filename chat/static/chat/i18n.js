// The panel's texts, French first. `t("key", {name: value})`; a count picks `key.one` or `key.other`.
import en from "./locales/en.js";
import fr from "./locales/fr.js";

const CATALOGUES = { fr, en };
/** No line of French begins with one of these signs, or ends with an opening quote. */
const GAPS = / (?=[»;?!%])|(?<=«) /g;

const joined = (...parts) =>
  parts
    .filter(([value]) => value)
    .map((part) => part.join("\u00a0"))
    .join(" ");

export class I18n {
  #texts;
  #plural;

  constructor(language) {
    const short = String(language ?? "")
      .toLowerCase()
      .split("-")[0];
    this.language = short in CATALOGUES ? short : "fr";
    this.#texts = CATALOGUES[this.language];
    this.#plural = new Intl.PluralRules(this.language);
    this.t = this.t.bind(this);
  }

  t(key, values = {}) {
    const counted =
      "count" in values ? `${key}.${this.#plural.select(values.count) === "one" ? "one" : "other"}` : key;
    const text = this.#texts[counted] ?? this.#texts[key] ?? key;
    return text
      .replace(GAPS, "\u00a0")
      .replace(/\{(\w+)\}/g, (hole, name) => this.#shown(values[name] ?? hole));
  }

  has(key) {
    return key in this.#texts;
  }

  /** `value` from 0 to 1, in percent. */
  share(value) {
    return new Intl.NumberFormat(this.language, { style: "percent" }).format(value);
  }

  number(value) {
    return new Intl.NumberFormat(this.language).format(value);
  }

  /** A decimal string in USD; small sums keep two significant digits, so that nothing real reads as 0. */
  cost(decimal) {
    const value = Number(decimal);
    const digits =
      Math.abs(value) >= 1 || value === 0 ? { maximumFractionDigits: 2 } : { maximumSignificantDigits: 2 };
    return new Intl.NumberFormat(this.language, { style: "currency", currency: "USD", ...digits }).format(
      value,
    );
  }

  duration(milliseconds) {
    if (milliseconds < 1000) return `${this.number(Math.round(milliseconds))}\u00a0ms`;
    const seconds = milliseconds / 1000;
    if (seconds < 60) return `${this.number(Math.round(seconds * 10) / 10)}\u00a0s`;
    const whole = Math.round(seconds);
    if (whole < 3600) return joined([Math.floor(whole / 60), "min"], [whole % 60, "s"]);
    return joined([Math.floor(whole / 3600), "h"], [Math.round((whole % 3600) / 60), "min"]);
  }

  time(iso) {
    return new Intl.DateTimeFormat(this.language, { dateStyle: "long", timeStyle: "short" }).format(
      new Date(iso),
    );
  }

  /** « il y a 5 min », and a plain date once that is no use. */
  ago(iso, now = Date.now()) {
    const seconds = Math.round((new Date(iso).getTime() - now) / 1000);
    const steps = [
      ["second", 60],
      ["minute", 60],
      ["hour", 24],
      ["day", 7],
    ];
    let amount = seconds;
    for (const [unit, size] of steps) {
      if (Math.abs(amount) < size) return this.#relative(amount, unit);
      amount = Math.round(amount / size);
    }
    return new Intl.DateTimeFormat(this.language, { dateStyle: "medium" }).format(new Date(iso));
  }

  #relative(amount, unit) {
    const options = { numeric: "auto", style: "short" };
    if (unit === "second") return this.t("time.now");
    return new Intl.RelativeTimeFormat(this.language, options).format(amount, unit);
  }

  #shown(value) {
    return typeof value === "number" ? this.number(value) : String(value);
  }
}
