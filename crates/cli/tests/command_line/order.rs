//! The order of writing, as the operating system sees it: synced aside, opened again, only then named, and that made durable.

use testkit::{judges, pdfs};

use super::{Desk, signing};

/// What is done with files, in its order: the call and what it names.
fn calls(desk: &Desk, arguments: &[&str]) -> Vec<(String, String)> {
    let log = desk.path("calls.txt");
    let mut strace = judges::strace();
    strace
        .args(["--follow-forks", "--decode-fds=path", "--string-limit=400", "--output"])
        .arg(&log)
        .arg("--trace=openat,write,pwrite64,copy_file_range,sendfile,fsync,fdatasync,rename,renameat,renameat2,link,linkat")
        .arg(env!("CARGO_BIN_EXE_ganjiang"))
        .args(arguments)
        .current_dir(desk.path(""))
        .env("P12", "zhang-kai");
    judges::must(&mut strace);
    let text = std::fs::read_to_string(log).unwrap();
    // A call that another thread's interrupts is written in two lines; it began with the first.
    let call = |line: &str| {
        let (_, rest) = line.split_once(' ')?;
        let (name, words) = rest.trim_start().split_once('(')?;
        Some((name.to_owned(), words.to_owned()))
    };
    text.lines().filter_map(call).collect()
}

#[test]
fn a_result_is_synced_and_opened_again_and_only_then_named() {
    let desk = Desk::new();
    desk.put("bid.pdf", &pdfs::chinese_pages(3));
    for arguments in [
        signing("bid.pdf", "signed.pdf", &["--seal", "seal.png", "--at", "1:20,20"]),
        vec![
            "stamp",
            "bid.pdf",
            "--out",
            "signed.pdf",
            "--seal",
            "seal.png",
            "--at",
            "1:20,20",
        ],
    ] {
        let calls = calls(&desk, &arguments);
        let part = |words: &str| words.contains(".ganjiang-") && words.contains(".part");
        let first = |from: usize, what: &dyn Fn(&str, &str) -> bool| {
            let found = calls.iter().skip(from).position(|(name, words)| what(name, words));
            found.map(|at| from + at)
        };
        let writes = |name: &str| matches!(name, "write" | "pwrite64" | "copy_file_range" | "sendfile");
        let written = calls
            .iter()
            .rposition(|(name, words)| writes(name) && part(words))
            .expect("it is written aside");
        let synced = first(written, &|name, words| name.ends_with("sync") && part(words));
        let synced = synced.expect("it is synced, and nothing is written after that");
        let opened = first(written, &|name, words| {
            name == "openat" && part(words) && words.contains("O_RDONLY")
        });
        let opened = opened.expect("it is opened again after the last byte was written");
        let named = first(0, &|name, words| {
            (name.starts_with("rename") || name.starts_with("link")) && words.contains("signed.pdf")
        });
        let named = named.expect("it gets its name");
        assert!(
            opened < named && synced < named,
            "verified before it is named: {calls:#?}"
        );
        let folder = format!("{}>", desk.path("").display().to_string().trim_end_matches('/'));
        first(named, &|name, words| name == "fsync" && words.contains(&folder)).expect("the name is made durable");
        let touched = |(name, words): &&(String, String)| {
            words.contains("bid.pdf") && (writes(name) || words.contains("O_WRONLY") || words.contains("O_RDWR"))
        };
        let touched = calls.iter().find(touched);
        assert_eq!(touched, None, "the original is only read");
        let direct = first(0, &|name, words| {
            name == "openat" && words.contains("\"signed.pdf\"") && words.contains("O_CREAT")
        });
        assert_eq!(direct, None, "nothing half is ever under the name");
    }
}
