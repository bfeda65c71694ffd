// From a failure's code to sentences: one exhaustive table in each language.
import i18next from "i18next";
import type { FailureCode } from "../bindings";
import type { Failure } from "../bridge/failure";
import { failuresEn } from "./failures_en";
import { failuresZh } from "./failures_zh";
import type { Key, Translate } from "./words";

/** The words of one failure. */
export type FailureWords = { title: string; happened: string; kept: string; next: string };
/** Words for every code: a code without words does not compile. */
export type FailureTable = Record<FailureCode, FailureWords>;

/** The tables by language. */
export const failureTables: Record<"zh-CN" | "en", FailureTable> = { "zh-CN": failuresZh, en: failuresEn };

/** Where the next step of a failure is done, when it has a place in the window. */
export const failurePlaces: Partial<Record<FailureCode, string>> = {
  authorisation_required: "/authorisation",
  face_link_expired: "/authorisation",
  remitting_account_required: "/billing",
  billing_title_required: "/billing",
  certificate_not_importable: "/certificates",
  pin_locked: "/certificates",
  seal_notice_not_agreed: "/seals",
  output_unwritable: "/settings",
  output_exists: "/settings",
};

/** A code with words of its own (`field`, `why`), or nothing when it has none. */
function named(t: Translate, table: "why" | "field", code: string | undefined): string {
  if (!code) return "";
  const key = `${table}.${code}`;
  return i18next.exists(key) ? t(key as Key) : "";
}

/** Puts facts into a sentence; a fact that is not there leaves nothing behind. */
export function fill(sentence: string, facts: Record<string, string>): string {
  return sentence.replace(/\{\{(\w+)\}\}/g, (_, name: string) => facts[name] ?? "");
}

/** The sentences for a failure in the present language. */
export function failureWords(failure: Failure, t: Translate, language: string): FailureWords {
  const words = failureTables[language === "en" ? "en" : "zh-CN"][failure.code];
  const why = named(t, "why", failure.params.why);
  const facts = {
    ...failure.params,
    why: why && (language === "en" ? ` (${why})` : `（${why}）`),
    field: named(t, "field", failure.params.field) || t("field.any"),
  };
  return {
    title: words.title,
    happened: fill(words.happened, facts),
    kept: words.kept,
    next: fill(words.next, facts),
  };
}
