// Both languages say everything, and every failure code has words that leave no hole.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { FailureCode, SignatureView } from "../src/bindings";
import { Failure } from "../src/bridge/failure";
import { changeWords, reasonsOf, sentenceOf } from "../src/screens/sentence";
import { en } from "../src/words/en";
import { failureTables, failureWords, fill } from "../src/words/failure_words";
import { i18next, type Translate } from "../src/words/words";
import { zh } from "../src/words/zh";

const t = i18next.t as unknown as Translate;

/** The codes as the generated bindings list them: what the core can really send. */
function codesOfBindings(): string[] {
  const source = readFileSync("src/bindings.ts", "utf8");
  const body = /export type FailureCode =([\s\S]*?);\n/.exec(source)?.[1] ?? "";
  return [...body.replace(/\/\*[\s\S]*?\*\//g, "").matchAll(/"([a-z0-9_]+)"/g)].map((found) => found[1] ?? "");
}

function leaves(words: object, path = ""): [string, string][] {
  return Object.entries(words).flatMap(([key, value]) =>
    typeof value === "string"
      ? [[`${path}${key}`, value] as [string, string]]
      : leaves(value as object, `${path}${key}.`),
  );
}

describe("failures", () => {
  const codes = codesOfBindings();
  test("the bindings were read", () => expect(codes.length).toBeGreaterThan(40));
  test.each(["zh-CN", "en"] as const)("%s has title, event, safety and next step for every code", (language) => {
    const table: Record<string, Record<string, string>> = failureTables[language];
    expect(Object.keys(table).sort()).toEqual([...codes].sort());
    for (const code of codes)
      for (const part of ["title", "happened", "kept", "next"])
        expect(table[code]?.[part]?.length, `${code}.${part}`).toBeGreaterThan(1);
  });
  test("facts are filled in, and a missing one leaves no braces", () => {
    for (const code of codes) {
      const words = failureWords(new Failure({ code: code as FailureCode, params: {}, incident: "" }), t, "zh-CN");
      expect(Object.values(words).join(""), code).not.toMatch(/[{}]|undefined/);
    }
    const wrong = failureWords(new Failure({ code: "pin_wrong", params: { left: "3" }, incident: "" }), t, "zh-CN");
    expect(wrong.happened).toContain("还可以试 3 次");
    const weak = failureWords(new Failure({ code: "pin_weak", params: { why: "birthday" }, incident: "" }), t, "zh-CN");
    expect(weak.happened).toContain("与生日相同");
    expect(fill("{{a}}-{{b}}", { a: "1" })).toBe("1-");
  });
  test("the gate of the purchase says the words of the product", () => {
    expect(failureTables["zh-CN"].authorisation_required.happened).toBe(
      "请先进行 CA 授权，授权通过后才能进行证书购买。",
    );
    expect(zh.purchase.gate).toBe("请先进行 CA 授权，授权通过后才能进行证书购买");
  });
});

describe("languages", () => {
  test("the same keys, none empty, the same facts in each sentence", () => {
    const chinese = leaves(zh);
    const english = new Map(leaves(en));
    expect([...english.keys()].sort()).toEqual(chinese.map(([key]) => key).sort());
    const facts = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((found) => found[1] ?? "");
    for (const [key, text] of chinese) {
      const other = english.get(key) ?? "";
      if (!key.startsWith("verify.whyTrust.trusted")) expect(text.length * other.length, key).toBeGreaterThan(0);
      for (const fact of facts(other))
        expect(facts(text), `${key} in English names a fact Chinese does not have`).toContain(fact);
    }
  });
});

describe("codes the core sends as plain text", () => {
  const source = (path: string) => readFileSync(`../crates/${path}`, "utf8");
  const snake = (name: string) => name.replace(/(?<!^)[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
  const variants = (path: string, name: string) => {
    const body = new RegExp(`enum ${name} \\{([\\s\\S]*?)\\n\\}`).exec(source(path))?.[1] ?? "";
    return [...body.matchAll(/^ {4}([A-Z]\w*),/gm)].map((found) => snake(found[1] ?? ""));
  };
  const arrows = (path: string) => [...source(path).matchAll(/=> "([a-z_]+)"/g)].map((found) => found[1] ?? "");
  const whyOfFailures = [
    ...arrows("app/src/failure.rs"),
    ...[...source("app/src/failure.rs").matchAll(/invalid\("([a-z_]+)"\)/g)].map((found) => found[1] ?? ""),
    ...arrows("platform/src/check.rs"),
  ];
  const fieldNames = [...source("pki/src/certificate_rows.rs").matchAll(/\(\s*"([a-z_]+)",/g)].map(
    (found) => found[1] ?? "",
  );
  const lists: [string, string[]][] = [
    ["event", variants("platform/src/wire/approval.rs", "EventCode")],
    ["revocationReason", variants("platform/src/wire/certificate.rs", "RevocationReason")],
    ["verify.reason", arrows("pades/src/reason.rs")],
    ["why", whyOfFailures],
    ["x509", fieldNames],
    [
      "verify.change",
      [...source("pdf/src/changes.rs").matchAll(/=> (?:format!\("(\w+):|"(\w+)"\.to_owned)/g)].map(
        (found) => found[1] ?? found[2] ?? "",
      ),
    ],
    ["x509Value", [...source("pki/src/certificate.rs").matchAll(/\(\), "(\w+)"\),/g)].map((found) => found[1] ?? "")],
  ];
  test.each(lists)("every code of %s has words", (table, codes) => {
    expect(codes.length).toBeGreaterThan(3);
    expect(codes.filter((code) => !i18next.exists(`${table}.${code}`))).toEqual([]);
  });
});

describe("the sentence about a signature", () => {
  const good: SignatureView = {
    field: "S",
    signer: "甲公司",
    verdict: "valid",
    intact: true,
    coverage: "whole_file",
    changes_after: "none",
    revocation: "unknown",
    trust: "trusted",
    time_source: "claimed",
    time: null,
    level: "B-B",
    algorithm: "",
    reasons: [],
    certificate: [],
    reason_text: null,
    marks: [],
    changes: [],
    is_document_timestamp: false,
    has_revision: true,
  };
  test("what was done afterwards, and a timestamp that is nobody's signature", () => {
    const filled = { code: "field_filled", what: "price", is_allowed: true };
    expect(changeWords(filled, t)).toBe("填写了表单「price」");
    expect(changeWords({ ...filled, code: "page", what: "3:Rotate" }, t)).toBe("第 3 页的 Rotate 被改动");
    expect(changeWords({ ...filled, code: "new_kind", what: "x" }, t)).toBe("有一处改动 x");
    expect(sentenceOf({ ...good, is_document_timestamp: true }, t)).toMatch(/^「甲公司」的文档时间戳/);
  });
  test("who, and that it can be relied on", () =>
    expect(sentenceOf(good, t)).toBe("由「甲公司」签名，签后未被改动，证书可信，可以信赖。"));
  test("integrity and trust are named apart", () => {
    const reasons = ["document_changed", "untrusted_issuer", "revocation_not_checked"];
    const bad: SignatureView = { ...good, verdict: "invalid", intact: false, trust: "untrusted", reasons };
    expect(reasonsOf(bad, t)).toEqual(["内容在签名后被改动", "证书不是由受信任的机构签发"]);
    expect(sentenceOf(bad, t)).not.toContain("可以信赖");
  });
  test("what was not looked up is said with it", () =>
    expect(sentenceOf({ ...good, reasons: ["revocation_not_checked"] }, t)).toBe(
      "由「甲公司」签名，签后未被改动，证书可信，可以信赖。请留意：没有查询证书是否已被吊销。",
    ));
  test("a code nobody knows yet is never shown raw", () =>
    expect(reasonsOf({ ...good, verdict: "invalid", reasons: ["from_the_future"] }, t)).toEqual([
      "有一项检查没有通过",
    ]));
});
