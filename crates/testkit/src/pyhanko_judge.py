"""What pyHanko finds in a signed PDF, as JSON: file, roots (PEM), moment (ISO 8601, as of which everything is judged)."""

import asyncio
import json
import logging
import sys
from datetime import datetime

from pyhanko.keys import load_certs_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import DocumentSecurityStore, validate_pdf_signature, validate_pdf_timestamp
from pyhanko.sign.validation.ades import ades_lta_validation
from pyhanko.sign.validation.policy_decl import (
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager

logging.disable(logging.CRITICAL)
path, root_path, moment = sys.argv[1:4]
roots = list(load_certs_from_pemder([root_path]))
at = datetime.fromisoformat(moment)
reader = PdfFileReader(open(path, "rb"), strict=False)


def context():
    return ValidationContext(trust_roots=roots, allow_fetching=False, moment=at)


def status_of(status):
    return {
        "intact": status.intact,
        "valid": status.valid,
        "trusted": status.trusted,
        "coverage": status.coverage.name,
    }


def long_term(signature):
    """The process for signatures with long-term availability (EN 319 102-1, 5.6.3)."""
    policy = CertValidationPolicySpec(
        trust_manager=SimpleTrustManager.build(roots), revinfo_policy=CertRevTrustPolicy(REQUIRE_REVINFO)
    )
    offline = RevocationInfoGatheringSpec(online_fetching_rule=RevinfoOnlineFetchingRule.LOCAL_ONLY)
    rules = PdfSignatureValidationSpec(
        SignatureValidationSpec(cert_validation_policy=policy, revinfo_gathering_policy=offline)
    )
    timing = ValidationTimingInfo(validation_time=at, best_signature_time=at, point_in_time_validation=True)
    try:
        result = asyncio.run(ades_lta_validation(signature, rules, timing_info=timing))
    except Exception as problem:  # a judge that stumbles has not agreed
        return {"result": f"{type(problem).__name__}: {problem}"}
    return {"result": str(result.ades_subindic), "best_signature_time": str(result.best_signature_time)}


def from_store(signature):
    """With the document's own certificates and revocation data only, which must tell of every certificate."""
    try:
        rules = {"trust_roots": roots, "allow_fetching": False, "revocation_mode": "require", "moment": at}
        store = DocumentSecurityStore.read_dss(reader).as_validation_context(rules)
        status = validate_pdf_signature(signature, store, ts_validation_context=store)
    except Exception as problem:  # a judge that stumbles has not agreed
        return f"{type(problem).__name__}: {problem}"
    stamp = status.timestamp_validity
    return status.intact and status.valid and status.trusted and stamp is not None and stamp.trusted


found = {"signatures": [], "timestamps": []}
for signature in reader.embedded_regular_signatures:
    status = validate_pdf_signature(signature, context(), ts_validation_context=context())
    one = status_of(status)
    one["field"] = signature.field_name
    one["changes"] = status.modification_level.name if status.modification_level else None
    one["docmdp_ok"] = status.docmdp_ok
    stamp = status.timestamp_validity
    one["timestamp"] = None if stamp is None else (stamp.intact and stamp.valid and stamp.trusted)
    one["from_store"] = from_store(signature)
    one["long_term"] = long_term(signature)
    found["signatures"].append(one)
for signature in reader.embedded_timestamp_signatures:
    found["timestamps"].append(status_of(validate_pdf_timestamp(signature, context())))
print(json.dumps(found))
