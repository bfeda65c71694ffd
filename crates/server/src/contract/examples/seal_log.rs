//! Examples: a chain of the seal log, as it is handed in and as it is shown.

use platform::wire::{
    SealLogChain, SealLogHead, SealLogPage, SealLogPart, SealLogRow, SealLogState, SealUse, SealUseKind, UsedSeal,
    WrittenEntry, seal_log_link,
};

use super::certificates::seal;
use super::people::employee;
use super::{Examples, NOW, id};
use crate::text::hex;

fn used() -> SealUse {
    SealUse {
        at: NOW,
        account: employee().id,
        kind: SealUseKind::Document,
        file_name: "投标文件（技术标）-已签.pdf".to_owned(),
        sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned(),
        marks: 12,
        certificate: id(21),
        owner: "刘洋".to_owned(),
        serial: "5f0c2a9be1774d0fb3a1c46d9e8f7a21".to_owned(),
        seals: vec![UsedSeal {
            id: seal().id,
            name: seal().name,
        }],
    }
}

/// Its hash is right: whoever implements the contract can check their own reckoning by it.
fn entry() -> WrittenEntry {
    let written = used().written();
    WrittenEntry {
        hash: hex(&seal_log_link(&[0; 32], &written)),
        written,
    }
}

pub(super) fn add(examples: &mut Examples) {
    examples.add(&SealLogPart {
        position: 1,
        entries: vec![entry()],
        broken_from: None,
        continues: None,
    });
    examples.add(&SealLogHead {
        chain: id(61),
        count: 12,
        hash: "7d".repeat(32),
    });
    examples.add(&SealLogChain {
        id: id(61),
        account: employee().id,
        person: employee().name,
        device_name: "刘洋的笔记本".to_owned(),
        count: 1,
        hash: entry().hash,
        state: SealLogState::Whole,
        differs_from: None,
        broken_from: None,
        continues: None,
        same_until: Some(1),
        handed_in_at: NOW,
    });
    examples.add(&SealLogPage {
        rows: vec![SealLogRow {
            chain: id(61),
            position: 1,
            used: used(),
            person: employee().name,
            device_name: "刘洋的笔记本".to_owned(),
            entry: entry(),
            handed_in_at: NOW,
        }],
        next: None,
    });
}
