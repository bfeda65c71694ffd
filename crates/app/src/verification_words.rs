//! The findings on a signature in Chinese, for the report and the command line; the window has the same words.

use pades::Reason;
use pades::report::{
    ChangesAfter, Coverage, Revocation, RevocationFinding, SignatureReport, TimeSource, Trust, Verdict,
};

/// Why a signature is not plainly valid, or what was not checked.
#[must_use]
pub fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::DocumentChanged => "内容在签名后被改动",
        Reason::SignatureWrong => "签名与证书的密钥不符",
        Reason::ContentTypeMismatch => "签名的内容类型被改动",
        Reason::CertificateSubstituted => "签名人的证书被替换过",
        Reason::RevokedBeforeSigning => "签署之前证书已被吊销",
        Reason::NotDetached => "签名的结构不合规范",
        Reason::ByteRangeBad => "签名的覆盖范围被篡改或有误",
        Reason::GapIsNotContents => "签名的覆盖范围留有可篡改的空隙",
        Reason::PartialCoverage => "签名只覆盖了部分内容",
        Reason::Removed => "签名在后来的版本里被移除",
        Reason::ForbiddenChanges => "签名之后有不允许的改动",
        Reason::UnknownChanges => "签名之后的改动无法判断",
        Reason::StructureDamaged => "文件结构不完整",
        Reason::ContainerUnreadable => "签名数据读不出来",
        Reason::NotOneSigner => "签名数据里不是恰好一个签名人",
        Reason::UnsupportedSubFilter => "签名格式本软件还不认识",
        Reason::UnsupportedAlgorithm => "签名算法本软件还不认识",
        Reason::WeakDigest => "使用了不安全的 SHA-1 或 MD5 算法",
        Reason::WeakKey => "签名密钥太短，不安全",
        Reason::NotForTimestamping => "文档时间戳的证书不是时间戳专用证书",
        Reason::SignerCertificateMissing => "签名里没有附签名人的证书",
        Reason::CertificateNotBound => "证书没有与签名绑定，可能被替换",
        Reason::NoTrustRoots => "本机没有受信任的根证书",
        Reason::UntrustedIssuer => "证书不是由受信任的机构签发",
        Reason::ChainRefused => "证书链不合规范",
        Reason::CertificateExpired => "证书已过期",
        Reason::CertificateNotYetValid => "证书尚未生效",
        Reason::KeyUsageForbids => "证书不允许用于签署文件",
        Reason::CertificateRevoked => "证书已被吊销，且签署时间无法证明",
        Reason::BudgetExceeded => "文件过于复杂，没有在限定时间内核对完",
        Reason::RevokedSinceSigning => "证书在签署之后被吊销，不影响此前的签名",
        Reason::TimestampWrong => "签名时间戳无效，时间以签名人自述为准",
        Reason::TimestampUntrusted => "时间戳不是由受信任的机构签发，时间以签名人自述为准",
        Reason::RevocationNotChecked => "没有查询证书是否已被吊销",
        Reason::DatedDigest => "使用 SHA-1 或 MD5 算法，签署时尚属安全，现已淘汰",
        Reason::DatedKey => "签名密钥较短，签署时尚属安全，现已淘汰",
    }
}

/// What is said of a whole file.
pub(crate) fn file_verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Valid => "全部签名有效",
        Verdict::ValidWithChanges => "签名有效，签后有允许的改动",
        Verdict::Invalid => "存在无效的签名",
        Verdict::Indeterminate => "有签名无法判定",
        Verdict::Unsigned => "这份文件没有签名",
    }
}

/// The verdict on one signature.
pub(crate) fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Valid => "签名有效",
        Verdict::ValidWithChanges => "签名有效，之后有允许的改动",
        Verdict::Invalid => "签名无效，不可信赖",
        Verdict::Indeterminate => "无法判定",
        Verdict::Unsigned => "没有签名",
    }
}

/// The one plain sentence about a signature.
pub(crate) fn sentence(report: &SignatureReport) -> String {
    let told = |informs: bool| -> String {
        let reasons = report.reasons.iter().filter(|one| one.only_informs() == informs);
        reasons.map(|one| reason(*one)).collect::<Vec<_>>().join("，")
    };
    let main = match report.is_document_timestamp {
        true => stamp_sentence(report, &told(false)),
        false => signature_sentence(report, &told(false)),
    };
    let is_relied_on = matches!(report.verdict, Verdict::Valid | Verdict::ValidWithChanges);
    match told(true) {
        unlooked if is_relied_on && !unlooked.is_empty() => format!("{main}请留意：{unlooked}。"),
        _ => main,
    }
}

fn signature_sentence(report: &SignatureReport, why: &str) -> String {
    let signer = &report.signer;
    match report.verdict {
        Verdict::Valid => format!("由“{signer}”签名，签后未被改动，证书可信，可以信赖。"),
        Verdict::ValidWithChanges => format!("由“{signer}”签名，签后只有允许的改动，证书可信，可以信赖。"),
        Verdict::Invalid => format!("标称由“{signer}”签名，但不可信赖：{why}。"),
        Verdict::Indeterminate => format!("由“{signer}”签名，能否信赖无法判定：{why}。"),
        Verdict::Unsigned => "这里没有签名。".to_owned(),
    }
}

fn stamp_sentence(report: &SignatureReport, why: &str) -> String {
    let signer = &report.signer;
    match report.verdict {
        Verdict::Valid => format!("“{signer}”的文档时间戳，盖上之后未被改动，可以证明时间。"),
        Verdict::ValidWithChanges => format!("“{signer}”的文档时间戳，之后只有允许的改动，可以证明时间。"),
        Verdict::Invalid => format!("标称“{signer}”的文档时间戳，不可信赖：{why}。"),
        Verdict::Indeterminate => format!("“{signer}”的文档时间戳，不能证明时间：{why}。"),
        Verdict::Unsigned => "这里没有时间戳。".to_owned(),
    }
}

/// Whether what was signed is unchanged.
pub(crate) fn intact(intact: Option<bool>) -> &'static str {
    match intact {
        Some(true) => "签过的内容未被改动",
        Some(false) => "签过的内容已被改动",
        None => "无法核对",
    }
}

/// How much is covered.
pub(crate) fn coverage(coverage: Coverage) -> &'static str {
    match coverage {
        Coverage::WholeFile => "覆盖整个文件",
        Coverage::WholeRevision => "覆盖签名当时的整个文件",
        Coverage::Partial => "只覆盖部分内容",
    }
}

/// What was done afterwards.
pub(crate) fn changes(changes: ChangesAfter) -> &'static str {
    match changes {
        ChangesAfter::None => "没有改动",
        ChangesAfter::Proof => "只增加了验证资料和时间戳",
        ChangesAfter::Allowed => "只有允许的改动",
        ChangesAfter::Forbidden => "有不允许的改动",
        ChangesAfter::Unknown => "无法判断",
    }
}

/// A certificate's standing.
pub(crate) fn trust(trust: Trust) -> &'static str {
    match trust {
        Trust::Trusted => "由受信任的机构签发，当时有效",
        Trust::Untrusted => "签发机构不受信任",
        Trust::Expired => "当时已过期",
        Trust::NotYetValid => "当时尚未生效",
        Trust::Revoked => "已吊销",
        Trust::Unknown => "无法确认",
    }
}

/// What is known of revocation.
pub(crate) fn revocation(found: Revocation) -> &'static str {
    match (found.at_signing, found.now) {
        (RevocationFinding::Good, RevocationFinding::Revoked) => "签署之后被吊销，不影响此前的签名",
        (RevocationFinding::Good, _) => "签署时没有被吊销",
        (RevocationFinding::Revoked, _) => "已被吊销",
        (RevocationFinding::Unknown, _) => "没有查询（是否已被吊销未知）",
    }
}

/// Where the time comes from.
pub(crate) fn time_source(source: TimeSource) -> &'static str {
    match source {
        TimeSource::Timestamp => "时间戳服务证明",
        TimeSource::Claimed => "签名人电脑的时间，未经证明",
        TimeSource::None => "没有时间",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The window's table of Chinese words.
    fn window_words() -> String {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui/src/words/zh/verify.ts");
        std::fs::read_to_string(path).unwrap()
    }

    #[test]
    fn report_and_window_say_the_same() {
        let window = window_words();
        for one in pades::reason::ALL {
            let line = format!("{}: \"{}\",", one.code(), reason(one));
            assert!(window.contains(&line), "not in the window's words: {line}");
        }
    }
}
