// The one plain sentence about a signature: who, whether it can be relied on, and why not.

import type { SignatureView } from "../bindings";
import type { Translate } from "../words/words";

/** Every reason a signature cannot simply be relied on, in plain words; integrity first. */
export function reasonsOf(signature: SignatureView, t: Translate): string[] {
  const reasons: string[] = [];
  if (!signature.intact) reasons.push(t("verify.whyIntact"));
  if (signature.coverage === "partial") reasons.push(t("verify.whyCoverage"));
  if (signature.changes_after === "forbidden") reasons.push(t("verify.whyChanges"));
  if (signature.changes_after === "unknown") reasons.push(t("verify.whyChangesUnknown"));
  if (signature.trust !== "trusted") reasons.push(t(`verify.whyTrust.${signature.trust}`));
  return reasons.length > 0 ? reasons : [t("verify.whyOther")];
}

/** The sentence itself. */
export function sentenceOf(signature: SignatureView, t: Translate): string {
  const signer = t("verify.by", { signer: signature.signer });
  return t(`verify.sentence.${signature.verdict}`, { signer, why: reasonsOf(signature, t).join(t("common.dot")) });
}
