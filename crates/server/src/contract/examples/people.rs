//! Examples: accounts, sessions, the enterprise and its authorisation, the PIN's messages.

use platform::wire::{
    Account, Authorisation, AuthorisationState, AuthorisationWay, DemoAccount, DeviceProof, Employee, Enterprise,
    FaceLink, FaceState, PinLease, PinLogin, PinMessage, PinProof, PinRegistration, Refresh, Role, Session, SignIn,
    SignedIn, USUAL_LEASE_HOURS,
};
use time::Duration;

use super::{Examples, NOW, id};

pub(super) fn enterprise() -> Enterprise {
    Enterprise {
        id: id(1),
        name: "杭州云栖智能科技有限公司".to_owned(),
        credit_code: "91330106MA2CFUY66Q".to_owned(),
        legal_representative: "李建国".to_owned(),
    }
}

pub(super) fn employee() -> Employee {
    Employee {
        id: id(3),
        name: "刘洋".to_owned(),
        account: "liuyang".to_owned(),
        role: Role::Staff,
    }
}

fn account() -> Account {
    Account {
        id: id(2),
        account: "wangmin".to_owned(),
        name: "王敏".to_owned(),
        role: Role::Administrator,
        enterprise: Some(enterprise()),
    }
}

pub(super) fn add(examples: &mut Examples) {
    sessions(examples);
    pins(examples);
    examples.add(&enterprise());
    examples.add(&employee());
    examples.add(&account());
    examples.add(&Authorisation {
        state: AuthorisationState::None,
        way: Some(AuthorisationWay::Face),
        reason: None,
        submitted_at: None,
        decided_at: None,
        letter_file_name: None,
        face: Some(FaceLink {
            id: id(4),
            url: "https://platform.example/phone/face/5c1f…".to_owned(),
            state: FaceState::Waiting,
            expires_at: NOW + Duration::minutes(3),
        }),
    });
}

fn sessions(examples: &mut Examples) {
    examples.add(&SignIn {
        account: "wangmin".to_owned(),
        password: "correct horse battery staple".to_owned(),
        device_name: Some("王敏的笔记本".to_owned()),
        device: Some(DeviceProof {
            key: "BGsX…".to_owned(),
            signature: "MEUC…".to_owned(),
        }),
    });
    examples.add(&Session {
        token: "f3a1…".to_owned(),
        expires_at: NOW + Duration::minutes(15),
        account: account(),
        refresh_token: "01935f1e-0000-7000-8000-000000000005.9be0…".to_owned(),
    });
    examples.add(&Refresh {
        refresh_token: "01935f1e-0000-7000-8000-000000000005.9be0…".to_owned(),
        signature: Some("MEUC…".to_owned()),
    });
    examples.add(&SignedIn {
        id: id(5),
        device_name: "王敏的笔记本".to_owned(),
        opened_at: NOW,
        last_used_at: NOW,
        current: true,
        device_id: Some("3b1f0a7c5d2e9846".to_owned()),
    });
    examples.add(&DemoAccount {
        account: "wangmin".to_owned(),
        name: "王敏".to_owned(),
        role: Role::Administrator,
        password: "ganjiang".to_owned(),
    });
}

fn pins(examples: &mut Examples) {
    examples.add(&PinMessage {
        registration: id(6),
        message: "AyJk…".to_owned(),
        device_key: "BGsX…".to_owned(),
        signature: "MEUC…".to_owned(),
    });
    examples.add(&PinRegistration {
        response: "A5fQ…".to_owned(),
    });
    examples.add(&PinLogin {
        login: "6c7b…".to_owned(),
        response: "A5fQ…".to_owned(),
        tries_left: 4,
    });
    examples.add(&PinProof {
        finalization: "kHs0…".to_owned(),
    });
    examples.add(&PinLease {
        hours: USUAL_LEASE_HOURS,
    });
}
