/** Strings of the user interface. English is written where it is used; the host sends what is shown instead. */
import type { Translations } from '../../src/protocol/panels.js';

let translations: Translations = {};

export function setTranslations(given: Translations): void {
  translations = given;
}

/** The text in the language of the user interface; `{0}`, `{1}` … are replaced by the values. */
export function t(text: string, ...values: readonly (string | number)[]): string {
  return (translations[text] ?? text).replace(/\{(\d+)\}/g, (placeholder, index) =>
    String(values[Number(index)] ?? placeholder),
  );
}
