//! `ganjiang verify` beyond the verdict: what was done after signing, the time it may take, and what it leaves behind.

use super::{Desk, signing};
use std::process::{Command, Stdio};
use testkit::attacks::open_changes;
use testkit::pdfs;

fn signed(desk: &Desk, original: &[u8]) -> Vec<u8> {
    desk.put("in.pdf", original);
    desk.done(&signing("in.pdf", "signed.pdf", &[]));
    std::fs::read(desk.path("signed.pdf")).unwrap()
}

#[test]
fn what_was_filled_in_after_signing_is_listed() {
    let desk = Desk::new();
    let signed = signed(&desk, &open_changes::with_form());
    desk.put("filled.pdf", &open_changes::payee_filled(&signed));
    let found = desk.json(&["verify", "filled.pdf", "--trust", "root.pem", "--json"]);
    assert_eq!(found["verdict"], "valid_with_changes", "{found}");
    assert_eq!(found["signatures"][0]["changes_after"], "allowed");
    assert_eq!(
        found["signatures"][0]["allowed_changes"],
        serde_json::json!(["field_filled:payee"])
    );
    assert_eq!(found["signatures"][0]["is_document_timestamp"], false);
}

#[test]
fn a_file_that_takes_too_long_is_said_to_and_never_valid() {
    let desk = Desk::new();
    signed(&desk, &pdfs::simple(1));
    let limited = ["verify", "signed.pdf", "--trust", "root.pem", "--time-limit", "0"];
    let (status, words, _) = desk.run(&limited);
    assert_eq!(status, 1);
    assert!(
        words.contains("the time allowed") || words.contains("没有在限定时间内核对完"),
        "{words}"
    );
    let (status, json, _) = desk.run(&[&limited[..], &["--json"]].concat());
    let found: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((status, &found["verdict"]), (1, &serde_json::json!("indeterminate")));
    assert_eq!(found["reasons"], serde_json::json!(["budget_exceeded"]));
    let (status, words, _) = desk.run(&["verify", "signed.pdf", "--trust", "root.pem", "--time-limit", "60"]);
    assert_eq!(status, 0, "{words}");
}

#[cfg(target_os = "linux")]
#[test]
fn nothing_of_its_memory_is_left_on_the_disk_when_it_dies() {
    let desk = Desk::new();
    let pipe = desk.path("waiting.pdf");
    testkit::judges::must(Command::new("mkfifo").arg(&pipe));
    let mut shell = Command::new("sh");
    shell.args([
        "-c",
        "ulimit -S -c unlimited 2>/dev/null; exec \"$@\"",
        "sh",
        env!("CARGO_BIN_EXE_ganjiang"),
    ]);
    let mut waiting = shell
        .arg("verify")
        .arg(&pipe)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // Opens as soon as the program has the other end open: it is at work then.
    let other_end = std::fs::OpenOptions::new().write(true).open(&pipe).unwrap();
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", waiting.id())).unwrap();
    drop(other_end);
    waiting.wait().unwrap();
    let cores = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"))
        .unwrap();
    let numbers: Vec<&str> = cores
        .split_whitespace()
        .filter(|word| word.parse::<u64>().is_ok())
        .collect();
    assert_eq!(numbers, ["0", "0"], "{cores}");
}
