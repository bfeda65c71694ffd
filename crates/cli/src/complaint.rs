//! Why a command was not done: exit status, stable code, and words in two languages.

use app::file_work::plan::{PlanError, PlanReadError};
use app::file_work::{ArtworkError, FileWorkError, FindError, RepairError, SealFileError, Unplain};
use app::view::FailureCode;

use crate::language::Language;

/// Wrong usage.
pub(crate) const USAGE: u8 = 2;
/// An input cannot be read.
pub(crate) const UNREADABLE: u8 = 3;
/// Refused for a reason that the code names.
pub(crate) const REFUSED: u8 = 4;

/// What goes to standard error, and the exit status.
#[derive(Debug)]
pub(crate) struct Complaint {
    pub(crate) status: u8,
    pub(crate) code: String,
    chinese: String,
    english: String,
}

impl Complaint {
    pub(crate) fn new(status: u8, code: &str, chinese: impl Into<String>, english: impl Into<String>) -> Self {
        Self {
            status,
            code: code.to_owned(),
            chinese: chinese.into(),
            english: english.into(),
        }
    }

    /// The message.
    pub(crate) fn words(&self, language: Language) -> &str {
        language.pick(&self.chinese, &self.english)
    }

    /// With the program's own English detail after the Chinese words: it names what a person must look for.
    pub(crate) fn detailed(status: u8, code: &str, chinese: &str, detail: impl std::fmt::Display) -> Self {
        Self::new(status, code, format!("{chinese}（{detail}）"), detail.to_string())
    }
}

impl From<FileWorkError> for Complaint {
    fn from(error: FileWorkError) -> Self {
        match error {
            FileWorkError::Unreadable { path, missing } => {
                let file = path.display();
                let (chinese, english) = match missing {
                    true => (format!("没有这个文件：{file}"), format!("no such file: {file}")),
                    false => (format!("无法读取文件：{file}"), format!("cannot be read: {file}")),
                };
                Self::new(
                    UNREADABLE,
                    if missing { "file_not_found" } else { "file_unreadable" },
                    chinese,
                    english,
                )
            }
            FileWorkError::Unwritable(failure) => failure.into(),
            FileWorkError::OutputIsInput => Self::new(
                USAGE,
                "output_is_input",
                "输出文件不能是原文件，请换一个 --out",
                "the output must be another file than the input: choose another --out",
            ),
            FileWorkError::Open(cause) => of_open(&cause),
            FileWorkError::Pages(cause) => {
                Self::detailed(USAGE, "page_range_invalid", "页码范围不对，请检查页码", cause)
            }
            FileWorkError::PlanFile(cause) => of_plan_file(&cause),
            FileWorkError::Plan(cause) => of_plan(&cause),
            FileWorkError::NothingFound => Self::new(
                REFUSED,
                "keyword_not_found",
                "关键字没有找到，没有盖章；文件没有改动",
                "the word was not found: nothing was stamped",
            ),
            FileWorkError::Find(cause) => of_find(cause),
            FileWorkError::Repair(cause) => of_repair(cause),
            FileWorkError::Place(cause) => of_place(&cause),
            FileWorkError::Sign(cause) => of_sign(cause),
            FileWorkError::Identity(cause) => of_identity(&cause),
            FileWorkError::Token(cause) => of_token(&cause),
            FileWorkError::NoTimestampService => Self::new(
                USAGE,
                "timestamp_service_missing",
                "这个签名级别需要时间戳服务，请用 --tsa 给出地址（http:// 或 https://）",
                "this level needs a timestamp service: give its address (http:// or https://) with --tsa",
            ),
            FileWorkError::Evidence(cause) => of_evidence(&cause),
            FileWorkError::CertificateNotValidNow => Self::new(
                REFUSED,
                "certificate_not_valid_now",
                "证书不在有效期内，不能签名",
                "the certificate has expired or is not valid yet",
            ),
            FileWorkError::SealFile(cause) => of_seal_file(cause),
            FileWorkError::Seal(cause) => of_seal(&cause),
            FileWorkError::Clean(cause) => crate::cleaning::of_clean(&cause),
            FileWorkError::Roots(cause) => {
                Self::detailed(UNREADABLE, "roots_unreadable", "信任根证书文件无法使用", cause)
            }
            FileWorkError::Page { page, cause } => Self::new(
                REFUSED,
                "page_not_drawn",
                format!("第 {page} 页无法显示（{cause}）"),
                format!("page {page} cannot be drawn: {cause}"),
            ),
            FileWorkError::OutputNotSound => Self::new(
                REFUSED,
                "output_not_sound",
                "写出的文件没有通过复核，已丢弃；原文件没有改动",
                "what was written did not pass its own check and was thrown away; the original is untouched",
            ),
        }
    }
}

impl From<app::view::FailureView> for Complaint {
    fn from(failure: app::view::FailureView) -> Self {
        // The code's stable name is its JSON form.
        let code = serde_json::to_value(failure.code)
            .ok()
            .and_then(|value| value.as_str().map(str::to_owned));
        let code = code.unwrap_or_else(|| "internal".to_owned());
        let (status, chinese, english) = match failure.code {
            FailureCode::DiskFull => (
                REFUSED,
                "磁盘空间不够，没有保存；原文件没有改动，请清理磁盘后重试",
                "the disk is full, nothing was saved and the original is untouched: free some space and try again",
            ),
            FailureCode::OutputUnwritable | FailureCode::OutputExists => (
                REFUSED,
                "输出位置不能写入，没有保存；原文件没有改动，请换一个可以写入的位置",
                "the output cannot be written, nothing was saved and the original is untouched: choose another place",
            ),
            FailureCode::Conflict if failure.params.get("what").is_some_and(|what| what == "file_changed") => (
                REFUSED,
                "原文件在处理时被改动，没有保存；请关闭正在修改它的软件后重试",
                "the original was changed meanwhile, nothing was saved: close what changes it and try again",
            ),
            FailureCode::FileNotFound | FailureCode::FileUnreadable => (
                UNREADABLE,
                "读取文件时中断，没有保存；请确认文件还在并且可以读取",
                "reading broke off, nothing was saved: see whether the file is still there and can be read",
            ),
            _ => (REFUSED, "没有完成", "not done"),
        };
        let facts = failure.params.iter().map(|(name, value)| format!("{name}={value}, "));
        let facts = facts.collect::<String>();
        let incident = failure.incident;
        Self::new(
            status,
            &code,
            format!("{chinese}（{facts}编号 {incident}）"),
            format!("{english} ({facts}incident {incident})"),
        )
    }
}

fn of_open(cause: &app::file_work::OpenError) -> Complaint {
    use app::file_work::OpenError;
    let (code, chinese, english) = match cause {
        OpenError::Empty => ("pdf_empty", "文件是空的", "the file is empty"),
        OpenError::NotPdf => ("pdf_not_pdf", "这不是 PDF 文件", "this is not a PDF"),
        OpenError::Damaged(_) => (
            "pdf_damaged",
            "PDF 文件已损坏，请重新导出后再试",
            "the PDF is damaged: export it again",
        ),
        OpenError::Encrypted => (
            "pdf_encrypted",
            "文件有打开密码，请用 --pdf-password-env 给出",
            "the PDF has a password: give it with --pdf-password-env",
        ),
        OpenError::WrongPassword => ("pdf_password_wrong", "密码不对", "the password is wrong"),
        OpenError::UnsupportedEncryption => (
            "pdf_encryption_unsupported",
            "PDF 的加密方式不支持，请先解除保护",
            "the PDF is protected in a way this program does not know: remove the protection first",
        ),
        OpenError::TooLarge(_) => (
            "pdf_too_large",
            "PDF 超出可处理的大小",
            "the PDF is over a limit of this program",
        ),
    };
    Complaint::new(UNREADABLE, code, chinese, english)
}

fn of_plan_file(cause: &PlanReadError) -> Complaint {
    let chinese = match cause {
        PlanReadError::UnknownVersion { .. } => "方案由更新版本的软件保存，请升级后再用",
        PlanReadError::TooLarge | PlanReadError::NotAPlan(_) => "方案文件无法读取，请检查内容",
    };
    Complaint::detailed(UNREADABLE, "plan_unreadable", chinese, cause)
}

fn of_plan(cause: &PlanError) -> Complaint {
    let (status, code, chinese) = match cause {
        PlanError::UnknownVersion { .. } => (UNREADABLE, "plan_unreadable", "方案由更新版本的软件保存"),
        PlanError::TooLarge => (REFUSED, "plan_too_large", "方案的内容太多"),
        PlanError::Pages { .. } => (USAGE, "page_range_invalid", "页码范围不对，请检查页码"),
        PlanError::NoSuchSeal { .. } => (USAGE, "seal_missing", "方案里的印章没有给出"),
        PlanError::Keyword { error, .. } => return of_find(*error),
        PlanError::Text { .. } => (REFUSED, "text_unusable", "文字不能写到文件里"),
        PlanError::OffPage { .. } => (REFUSED, "mark_off_page", "印章超出页面，请调整位置"),
        PlanError::SeamTooShort { .. } => (REFUSED, "seam_too_short", "骑缝章至少要两页"),
        PlanError::BadNumber { .. } => (USAGE, "number_invalid", "有数字不合适"),
    };
    Complaint::detailed(status, code, chinese, cause)
}

fn of_find(cause: FindError) -> Complaint {
    let (status, code, chinese) = match cause {
        FindError::EmptyWord => (USAGE, "keyword_empty", "关键字不能为空"),
        FindError::WordTooLong => (USAGE, "keyword_too_long", "关键字太长"),
        FindError::Cancelled => (REFUSED, "cancelled", "已取消"),
        FindError::Failed => (REFUSED, "search_failed", "页面无法查找"),
    };
    Complaint::detailed(status, code, chinese, cause)
}

fn of_repair(cause: RepairError) -> Complaint {
    let chinese = match cause {
        RepairError::Signed => "文件有签名，修复会使签名失效，不能修复",
        RepairError::Encrypted => "文件有密码，请用 --pdf-password-env 给出",
        RepairError::NotNeeded => "文件没有损坏，不用修复",
        RepairError::Unreadable => "文件损坏太多，不能修复，请重新导出",
        RepairError::TooLarge => "文件太大，不能修复",
    };
    Complaint::detailed(REFUSED, "pdf_not_repaired", chinese, cause)
}

fn of_place(cause: &app::file_work::PlaceError) -> Complaint {
    use app::file_work::PlaceError;
    let (status, code, chinese) = match cause {
        PlaceError::Refused(_) => (REFUSED, "pdf_cannot_append", "这个 PDF 不能再添加印章或签名"),
        PlaceError::NoSuchPage { .. } => (USAGE, "page_range_invalid", "没有这一页"),
        PlaceError::MarkOffPage { .. } => (REFUSED, "mark_off_page", "印章超出页面，请调整位置"),
        PlaceError::BadSize => (USAGE, "mark_size_invalid", "印章的尺寸或位置不对"),
        PlaceError::BadPicture => (UNREADABLE, "seal_unreadable", "印章图片无法读取"),
        PlaceError::BadFieldName => (REFUSED, "field_name_invalid", "签名域名称不可用"),
        PlaceError::FieldSigned { .. } => (REFUSED, "field_signed", "这个签名域已经签过，请换一个"),
        PlaceError::FieldLocked { .. } => (REFUSED, "field_locked", "这个签名域已被先前的签名锁定，不能再签"),
        PlaceError::SeedValue { .. } => (REFUSED, "field_demands", "这个签名域对签名有特定要求，本次签名不符合"),
        PlaceError::MarksNeedNewField { .. } => (
            REFUSED,
            "marks_need_new_field",
            "文件已有签名，盖章不能放进原有的签名域；请去掉 --field 或印章",
        ),
        PlaceError::CertifiedTooLate => (REFUSED, "certified_too_late", "文件已有签名，不能再作认证签名"),
        PlaceError::AlreadySigned => (
            REFUSED,
            "already_signed",
            "文件已有签名，只盖章会使签名失效，请改用 sign",
        ),
        PlaceError::NothingToPlace => (USAGE, "nothing_to_place", "没有指定盖章位置，请用 --at 或 --pages"),
    };
    Complaint::detailed(status, code, chinese, cause)
}

fn of_sign(cause: app::file_work::SignPdfError) -> Complaint {
    use app::file_work::SignPdfError;
    match cause {
        SignPdfError::Place(cause) => of_place(&cause),
        SignPdfError::KeyMismatch => Complaint::detailed(REFUSED, "key_mismatch", "证书与私钥不匹配", cause),
        SignPdfError::Unreachable(_) => Complaint::detailed(
            REFUSED,
            "timestamp_unreachable",
            "时间戳服务连接不上，没有签名；请检查网络和 --tsa 地址，或改用 --level b-b",
            cause,
        ),
        SignPdfError::Timestamp(_) => Complaint::detailed(
            REFUSED,
            "timestamp_refused",
            "时间戳服务没有给出可用的时间戳，没有签名；请换一个时间戳服务",
            cause,
        ),
        SignPdfError::Container(_)
        | SignPdfError::Key(_)
        | SignPdfError::TooLarge(_)
        | SignPdfError::NotHashed
        | SignPdfError::NoSuchSignature(_) => Complaint::detailed(REFUSED, "signing_failed", "签名没有完成", cause),
    }
}

fn of_evidence(cause: &app::file_work::EvidenceError) -> Complaint {
    use app::file_work::EvidenceError;
    let (code, chinese) = match cause {
        EvidenceError::IssuerMissing { .. } => ("issuer_missing", "找不到证书的签发机构证书，不能作长期签名"),
        EvidenceError::RevocationUnknown { .. } => (
            "revocation_unknown",
            "查不到证书是否被吊销，不能作长期签名；请检查网络，或改用 --level b-t",
        ),
        EvidenceError::Revoked { .. } => ("certificate_revoked", "证书已被吊销，不能签名"),
    };
    Complaint::detailed(REFUSED, code, chinese, cause)
}

fn of_identity(cause: &app::file_work::Pkcs12Error) -> Complaint {
    use app::file_work::Pkcs12Error;
    let (status, code, chinese) = match cause {
        Pkcs12Error::WrongPassword => (REFUSED, "p12_wrong_password", "证书文件的密码不对"),
        Pkcs12Error::Unreadable => (UNREADABLE, "p12_unreadable", "这不是可用的证书文件（PKCS#12）"),
        Pkcs12Error::UnsupportedEncryption => (REFUSED, "p12_unsupported", "证书文件的加密方式不支持"),
        Pkcs12Error::NoIdentity => (REFUSED, "p12_no_identity", "证书文件中没有私钥和对应的证书"),
        Pkcs12Error::UnsupportedKey => (REFUSED, "p12_unsupported_key", "证书文件中的密钥类型不支持"),
        Pkcs12Error::KeyMismatch => (REFUSED, "key_mismatch", "证书与私钥不匹配"),
    };
    Complaint::detailed(status, code, chinese, cause)
}

fn of_token(cause: &app::file_work::TokenError) -> Complaint {
    use app::file_work::{PinState, TokenError};
    let (status, code, chinese) = match cause {
        TokenError::Module(_) => (
            UNREADABLE,
            "token_module_unusable",
            "这个文件不是可用的 UKey 驱动（PKCS#11）",
        ),
        TokenError::NoSuchToken => (REFUSED, "token_not_found", "没有找到 UKey，请插好后再试"),
        TokenError::SeveralTokens => (USAGE, "token_not_named", "插了多个 UKey，请用 --token-label 指定"),
        TokenError::NoSuchCertificate => (
            REFUSED,
            "token_certificate_not_found",
            "UKey 里没有这张证书（或有多张，请用 --token-certificate 指定）",
        ),
        TokenError::WrongPin(PinState::LastTry) => (
            REFUSED,
            "token_pin_wrong",
            "UKey 的 PIN 不对，只剩最后一次机会，再错就会锁定",
        ),
        TokenError::WrongPin(_) => (REFUSED, "token_pin_wrong", "UKey 的 PIN 不对"),
        TokenError::PinLocked => (REFUSED, "token_locked", "UKey 已锁定，请联系发放单位解锁"),
        TokenError::PinNotSet => (REFUSED, "token_pin_not_set", "请先用 UKey 自带的程序设置 PIN"),
        TokenError::UnsupportedKey => (
            REFUSED,
            "token_key_unsupported",
            "UKey 里的密钥类型不支持（国密 SM2 也不支持）",
        ),
        // Keys by label are the platform's way; here keys are found by their certificates.
        TokenError::Failed(_) | TokenError::NoSuchKey(_) | TokenError::SeveralKeys(_) | TokenError::WrongSignature => {
            (REFUSED, "token_failed", "UKey 没有响应，请重新插好后再试")
        }
    };
    Complaint::detailed(status, code, chinese, cause)
}

fn of_seal_file(cause: SealFileError) -> Complaint {
    match cause {
        SealFileError::UnknownKind => {
            Complaint::detailed(UNREADABLE, "seal_file_unknown", "印章请用 PNG、SVG 或 PDF 文件", cause)
        }
        SealFileError::Artwork(artwork) => of_artwork(artwork),
        SealFileError::NoSize => Complaint::new(
            USAGE,
            "seal_no_size",
            "印章图片没有尺寸信息，请用 --seal-width 指定宽度（毫米）",
            "the picture does not say how large it is: give --seal-width MM",
        ),
    }
}

fn of_artwork(cause: ArtworkError) -> Complaint {
    let (code, chinese) = match cause {
        ArtworkError::Unreadable => ("seal_unreadable", "印章文件读不出来，请换一个文件"),
        ArtworkError::Empty => ("seal_empty", "印章文件里没有图形"),
        ArtworkError::TooLarge => ("seal_too_large", "印章文件太复杂，请改用 PNG 图片"),
        ArtworkError::NotPlain(Unplain::Letters) => (
            "seal_not_plain",
            "印章文件里有未转成轮廓的文字，请先转为轮廓（曲线），或改用 PNG 图片",
        ),
        ArtworkError::NotPlain(Unplain::Picture) => ("seal_not_plain", "印章文件里是位图，请直接用 PNG 图片"),
        ArtworkError::NotPlain(Unplain::Transparency | Unplain::Gradient | Unplain::Effect) => {
            ("seal_not_plain", "印章文件里有透明、渐变或特效，请改用 PNG 图片")
        }
    };
    Complaint::detailed(UNREADABLE, code, chinese, cause)
}

fn of_seal(cause: &app::file_work::SealError) -> Complaint {
    use app::file_work::SealError;
    let (status, code, chinese) = match cause {
        SealError::Empty(_) => (USAGE, "seal_text_empty", "印章文字不能为空"),
        SealError::TooShort { .. } => (USAGE, "seal_text_too_short", "印章文字太短"),
        SealError::TooLong { .. } => (USAGE, "seal_text_too_long", "印章文字太长"),
        SealError::UnusableCharacters { .. } => (USAGE, "seal_text_characters", "印章文字中有不能使用的字符"),
        SealError::MissingGlyphs(_) => (REFUSED, "seal_missing_glyphs", "内置字体缺少这些字"),
        SealError::TooManyLines { .. } => (USAGE, "seal_too_many_lines", "印章的行数太多"),
        SealError::Boldness(_) => (USAGE, "seal_weight_invalid", "笔画增减请在可用范围内"),
        SealError::OwnFontMissing => (USAGE, "seal_font_missing", "请用 --font-file 指定字体文件"),
        SealError::OwnFontUnreadable => (UNREADABLE, "seal_font_unreadable", "字体文件无法读取"),
        SealError::Size(_) => (USAGE, "seal_size_invalid", "没有这种尺寸的印章"),
        SealError::Resolution(_) => (USAGE, "seal_resolution_invalid", "分辨率不在可用范围内"),
        SealError::Encoding(_) => (REFUSED, "seal_encoding_failed", "图片没有写成"),
    };
    Complaint::detailed(status, code, chinese, cause)
}
