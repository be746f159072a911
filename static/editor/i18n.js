// The editor's texts, French first. `t("key", {name: value})`; a count picks `key.one` or `key.other`.
import en from "./locales/en.js";
import fr from "./locales/fr.js";

const CATALOGUES = { fr, en };
/** No line of French begins with one of these signs, or ends with an opening quote. */
const GAPS = / (?=[»;?!%])|(?<=«) /g;

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

  #shown(value) {
    return typeof value === "number" ? new Intl.NumberFormat(this.language).format(value) : String(value);
  }
}
