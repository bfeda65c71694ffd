// Starts i18next with both languages inside: nothing is fetched.
import i18next from "i18next";
import { initReactI18next, useTranslation as useI18next } from "react-i18next";
import type { Language } from "../bindings";
import { en } from "./en";
import { zh } from "./zh";

/** Every place of a sentence: `orders.title`. */
export type Key = Leaves<typeof zh>;
type Leaves<T> = { [K in keyof T & string]: T[K] extends string ? K : `${K}.${Leaves<T[K]>}` }[keyof T & string];

/** Says the words of a key with facts put in. Keys are checked by the compiler. */
export type Translate = (key: Key, facts?: Record<string, string | number>) => string;

/** The words in the present language; renders anew when it changes. */
export function useTranslation(): { t: Translate; language: string } {
  const { t, i18n } = useI18next();
  return { t: t as unknown as Translate, language: i18n.language };
}

/** The language tag i18next and the document use. */
export const languageTag = (language: Language) => (language === "english" ? "en" : "zh-CN");

void i18next.use(initReactI18next).init({
  lng: "zh-CN",
  fallbackLng: "zh-CN",
  resources: { "zh-CN": { translation: zh }, en: { translation: en } },
  interpolation: { escapeValue: false },
  initAsync: false,
});

/** Words for a code that comes from outside as plain text, or nothing when there are none. */
export function codeWords(table: CodeTable, code: string, facts?: Record<string, string>): string | undefined {
  const key = `${table}.${code}`;
  const say = i18next.t as (key: string, facts?: Record<string, string>) => string;
  return i18next.exists(key) ? say(key, facts) : undefined;
}
type CodeTable =
  | "event"
  | "field"
  | "label"
  | "why"
  | "x509"
  | "x509Value"
  | "documentType"
  | "revocationReason"
  | "certificates.why"
  | "verify.reason"
  | "verify.change";

export { i18next };
