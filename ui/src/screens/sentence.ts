// The one plain sentence about a signature: who, whether it can be relied on, and why not.

import type { ChangeView, SignatureView } from "../bindings";
import { codeWords, type Translate } from "../words/words";

/** What was not found out, or only tells more; it neither condemns a signature nor holds up its verdict. */
const notChecked: readonly string[] = [
  "revocation_not_checked",
  "revoked_since_signing",
  "timestamp_wrong",
  "timestamp_untrusted",
  "dated_digest",
  "dated_key",
];

function wordsOf(codes: readonly string[], t: Translate): string[] {
  return [...new Set(codes.map((code) => codeWords("verify.reason", code) ?? t("verify.reason.unknown")))];
}

/** Every reason a signature cannot simply be relied on, in plain words; integrity first. */
export function reasonsOf(signature: SignatureView, t: Translate): string[] {
  const reasons = wordsOf(
    signature.reasons.filter((code) => !notChecked.includes(code)),
    t,
  );
  return reasons.length > 0 ? reasons : [t("verify.reason.unknown")];
}

/** What was not found out, in plain words. */
export function unlookedOf(signature: SignatureView, t: Translate): string[] {
  return wordsOf(
    signature.reasons.filter((code) => notChecked.includes(code)),
    t,
  );
}

/** What was done, and to what. */
export function changeWords(change: ChangeView, t: Translate): string {
  const [page, key] = change.what.split(":");
  const facts = { what: change.what, page: page ?? "", key: key ?? "" };
  return codeWords("verify.change", change.code, facts) ?? t("verify.change.unknown", facts);
}

/** The sentence itself; what was not looked at follows it when the signature is relied on. */
export function sentenceOf(signature: SignatureView, t: Translate): string {
  const signer = t("verify.by", { signer: signature.signer });
  const kind = signature.is_document_timestamp ? "stamp" : "sentence";
  const sentence = t(`verify.${kind}.${signature.verdict}`, {
    signer,
    why: reasonsOf(signature, t).join(t("common.dot")),
  });
  const relied = signature.verdict === "valid" || signature.verdict === "valid_with_changes";
  const rest = relied ? unlookedOf(signature, t) : [];
  return rest.length > 0 ? sentence + t("verify.also", { what: rest.join(t("common.dot")) }) : sentence;
}
