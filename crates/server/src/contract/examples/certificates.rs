//! Examples: entitlements, certificates, seals, signing tasks.

use platform::wire::{
    ApprovalEvent, Assignment, BusinessSystem, BusinessSystemMade, Certificate, CertificateKind, CertificateOwner,
    CertificateState, CertificateSubject, DocumentType, EventCode, ExtensionRequest, HolderChange, Issuance,
    IssuanceStage, IssueRequest, Issued, IssuedCertificate, NewBusinessSystem, NewSeal, NewSigningContent,
    NewSigningTask, ReissueConfirmation, ReissueReason, ReissueRequest, Revocation, RevocationReason, SealDeclaration,
    SealDeclarationText, SealKind, SealNotice, SealNoticeAgreement, SealOrigin, SealRecord, SealState, SigningContent,
    SigningRefusal, SigningTask, SigningTaskFetch, SigningTaskMade, SigningTaskState,
};
use time::Duration;
use time::macros::date;

use super::people::{employee, enterprise};
use super::{Examples, NOW, id};
use crate::timeline::params;

const SERIAL: &str = "5f0c2a9be1774d0fb3a1c46d9e8f7a21";
const DIGEST: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

pub(super) fn subject() -> CertificateSubject {
    CertificateSubject {
        country: "CN".to_owned(),
        organization: enterprise().name,
        organization_identifier: enterprise().credit_code,
        common_name: "刘洋".to_owned(),
    }
}

fn certificate() -> Certificate {
    Certificate {
        id: id(21),
        kind: CertificateKind::Personal,
        state: CertificateState::Active,
        owner: Some(CertificateOwner {
            name: "刘洋".to_owned(),
            document_type: DocumentType::ResidentIdentityCard,
            document_number_masked: "110*************2X".to_owned(),
            birthday: Some(date!(1949 - 12 - 31)),
            email: "liuyang@example.cn".to_owned(),
        }),
        holder: Some(employee()),
        order_id: id(14),
        order_number: "GJ2026112240719358".to_owned(),
        bought_at: NOW,
        issued: Some(IssuedCertificate {
            serial: SERIAL.to_owned(),
            certificate_pem: "-----BEGIN CERTIFICATE-----\nMIIC…\n-----END CERTIFICATE-----\n".to_owned(),
            issued_to: employee().id,
            valid_from: NOW - Duration::minutes(5),
            valid_to: NOW + Duration::days(365),
            revoked_at: None,
        }),
        subject: Some(subject()),
        history: vec![ApprovalEvent {
            at: NOW,
            code: EventCode::Issued,
            params: params([("serial", SERIAL.to_owned())]),
        }],
    }
}

pub(super) fn seal() -> SealRecord {
    SealRecord {
        id: id(22),
        name: "刘洋的姓名章".to_owned(),
        kind: SealKind::PersonalName,
        origin: SealOrigin::Uploaded,
        state: SealState::InReview,
        reason: None,
        certificate_id: certificate().id,
        width_mm: 20.0,
        height_mm: 20.0,
        design: None,
        declaration: Some(SealDeclaration { version: 1, at: NOW }),
        replaced_by: None,
        ended_at: None,
        created_at: NOW,
    }
}

fn task() -> SigningTask {
    SigningTask {
        id: id(23),
        requester: "招标采购系统".to_owned(),
        title: "请签署投标函".to_owned(),
        content: SigningContent::Document {
            file_name: "投标函.pdf".to_owned(),
            sha256: DIGEST.to_owned(),
            bytes: 184_320,
        },
        state: SigningTaskState::Waiting,
        created_at: NOW,
        expires_at: NOW + Duration::minutes(10),
        reason: None,
        result: None,
    }
}

pub(super) fn add(examples: &mut Examples) {
    issuing(examples);
    seals(examples);
    tasks(examples);
    examples.add(&certificate());
    examples.add(&Assignment {
        document_type: DocumentType::ResidentIdentityCard,
        document_number: "11010519491231002X".to_owned(),
        owner_name: "刘洋".to_owned(),
        holder_id: employee().id,
        email: "liuyang@example.cn".to_owned(),
    });
    examples.add(&HolderChange {
        holder_id: employee().id,
    });
    examples.add(&Revocation {
        reason: RevocationReason::KeyCompromise,
    });
    examples.add(&Issuance {
        serial: SERIAL.to_owned(),
        certificate_id: certificate().id,
        issued_to: employee().id,
        stage: IssuanceStage::Intended,
        at: NOW,
        certificate_pem: None,
        revoked_at: None,
        reason: None,
    });
}

fn issuing(examples: &mut Examples) {
    examples.add(&IssueRequest {
        request: "MIIB…".to_owned(),
    });
    examples.add(&Issued {
        certificate: "MIIC…".to_owned(),
        chain: vec!["MIIC…".to_owned(), "MIIB…".to_owned()],
        entitlement: certificate(),
    });
    examples.add(&ReissueRequest {
        request: "MIIB…".to_owned(),
        reason: ReissueReason::NewDevice,
    });
    examples.add(&ReissueConfirmation {
        serial: SERIAL.to_owned(),
    });
    examples.add(&ExtensionRequest {
        serial: SERIAL.to_owned(),
    });
}

fn seals(examples: &mut Examples) {
    examples.add(&seal());
    examples.add(&NewSeal {
        certificate_id: certificate().id,
        name: seal().name,
        kind: SealKind::PersonalName,
        origin: SealOrigin::Uploaded,
        width_mm: 20.0,
        height_mm: 20.0,
        design: None,
        picture: "iVBORw0KGgo…".to_owned(),
        declaration_version: Some(1),
        replaces: None,
    });
    examples.add(&SealNotice {
        version: 1,
        paragraphs: vec!["签章图片是加盖在电子文件上的印章或签名图样。".to_owned()],
        agreed_at: Some(NOW),
    });
    examples.add(&SealNoticeAgreement { version: 1 });
    examples.add(&SealDeclarationText {
        version: 1,
        paragraphs: vec!["图片中的印章是本单位的印章。".to_owned()],
    });
}

fn tasks(examples: &mut Examples) {
    let system = BusinessSystem {
        id: id(24),
        name: "招标采购系统".to_owned(),
        created_at: NOW,
    };
    examples.add(&system);
    examples.add(&BusinessSystemMade {
        system,
        api_key: "7d2e…".to_owned(),
    });
    examples.add(&NewBusinessSystem {
        name: "招标采购系统".to_owned(),
    });
    examples.add(&task());
    examples.add(&NewSigningTask {
        title: task().title,
        content: NewSigningContent::Digest {
            name: "投标函.pdf".to_owned(),
            sha256: DIGEST.to_owned(),
        },
        credit_code: Some(enterprise().credit_code),
        account: None,
        seconds: Some(600),
    });
    examples.add(&SigningTaskMade {
        task: task(),
        page_url: "https://platform.example/sign/5c1f…".to_owned(),
        link: "ganjiang://sign?host=platform.example&task=01935f1e-0000-7000-8000-000000000017&secret=9be0…".to_owned(),
    });
    examples.add(&SigningTaskFetch {
        secret: "9be0…".to_owned(),
    });
    examples.add(&SigningRefusal {
        reason: "金额与合同不符".to_owned(),
    });
}
