//! The rules that run as tests: fences between crates, headers, sizes, banned words, links.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "the whole file is a test: a fault is a panic"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Which of our crates each crate may build on (crates/README.md draws it). Development dependencies are free.
const DIRECTIONS: &[(&str, &[&str])] = &[
    ("pki", &[]),
    ("seal", &[]),
    ("pdf", &[]),
    ("platform", &[]),
    ("store", &[]),
    ("pades", &["pdf", "pki"]),
    ("app", &["pades", "pdf", "pki", "platform", "seal", "store"]),
    ("server", &["pki", "platform"]),
    ("cli", &["app", "server"]),
    ("service", &["server"]),
    ("ganjiang-window", &["app", "server"]),
    ("xtask", &[]),
];

/// Crates that may hold anything: they are for development only, and nothing that ships may build on them.
const FOR_DEVELOPMENT: &[&str] = &["testkit", "tests", "xtask"];

/// Outside crates (or families, with `*`) that only one of ours may know.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("axum*", &["server", "service"]),
    ("clap*", &["cli", "service"]),
    ("cryptoki*", &["pki"]),
    ("hayro*", &["pdf"]),
    ("keyring*", &["pki"]),
    ("reqwest", &["platform"]),
    ("rusqlite", &["store"]),
    ("rusttype", &["seal"]),
    ("sea-orm*", &["server"]),
    ("sqlx*", &["server"]),
    ("tauri*", &["ganjiang-window"]),
    ("thirtyfour", &["tests"]),
];

/// Crates without async, network, window or database, and what must not be found anywhere below them.
const PURE: &[&str] = &["seal", "pdf", "pki", "pades"];
const IMPURE: &[&str] = &["axum", "hyper", "reqwest", "rusqlite", "sqlx-core", "tauri", "tokio"];

/// Crates that may not simply forbid unsafe code, and why. In them it is denied, and each use states its reason.
const UNSAFE_EXCEPTIONS: &[(&str, &str)] = &[("app", "maps opened files into memory, in one function")];

/// Lines a source file may have.
const LONGEST_FILE: usize = 600;
/// Folders of tables, an entry a line, that grow with the program: all words of a language stand together.
const TABLES: &[&str] = &["ui/src/words/"];

#[test]
fn crates_build_only_on_the_ones_below() {
    let packages = packages();
    let ours: BTreeSet<&str> = packages.keys().map(String::as_str).collect();
    let mut faults = Vec::new();
    for (name, dependencies) in &packages {
        if FOR_DEVELOPMENT.contains(&name.as_str()) && name != "xtask" {
            continue;
        }
        let Some((_, allowed)) = DIRECTIONS.iter().find(|(crate_name, _)| crate_name == name) else {
            faults.push(format!("{name} is not in the table of directions"));
            continue;
        };
        let used = dependencies
            .iter()
            .filter(|dependency| ours.contains(dependency.as_str()));
        faults.extend(
            used.filter(|used| !allowed.contains(&used.as_str()))
                .map(|used| format!("{name} must not build on {used}")),
        );
    }
    none(&faults);
}

#[test]
fn outside_crates_stay_behind_their_fence() {
    let mut faults = Vec::new();
    for (name, dependencies) in packages() {
        for dependency in dependencies {
            let fence = ONLY_IN.iter().find(|(pattern, _)| matches(pattern, &dependency));
            if fence.is_some_and(|(_, homes)| !homes.contains(&name.as_str())) {
                faults.push(format!("{name} must not know {dependency}"));
            }
        }
    }
    none(&faults);
}

#[test]
fn pure_crates_have_no_async_network_or_database_below_them() {
    let graph = Graph::read();
    let mut faults = Vec::new();
    for root in PURE {
        for (found, by) in graph.below(root) {
            // The secret service of Linux is spoken over D-Bus by a crate that brings its own small executor.
            if IMPURE.contains(&found.as_str()) {
                faults.push(format!("{root} reaches {found} through {by}"));
            }
        }
    }
    none(&faults);
}

#[test]
fn unsafe_code_is_forbidden_or_explained() {
    let mut faults = Vec::new();
    for folder in crate_folders() {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        for root in crate_roots(&folder) {
            let text = fs::read_to_string(&root).unwrap();
            let excepted = UNSAFE_EXCEPTIONS.iter().any(|(crate_name, _)| *crate_name == name);
            let wanted = if excepted {
                "#![deny(unsafe_code)]"
            } else {
                "#![forbid(unsafe_code)]"
            };
            if !text.contains(wanted) {
                faults.push(format!("{} lacks {wanted}", shown(&root)));
            }
        }
    }
    none(&faults);
}

/// Columns of states are set by `states::go` and `states::first` alone: there every way from one to another is listed.
#[test]
fn states_of_the_platform_move_only_where_all_ways_are_listed() {
    let raw = [
        "state = word(",
        "stage = word(",
        "state: word(",
        "stage: word(",
        "state = Set(",
        "stage = Set(",
    ];
    // The time line shows what became of something else; its own row has no ways.
    let excepted = ["server/src/states.rs", "server/src/timeline.rs"];
    let mut faults = Vec::new();
    for path in sources(&["rs"]) {
        let name = shown(&path);
        if !name.contains("server/src/") || excepted.iter().any(|one| name.ends_with(one)) {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for (number, line) in text.lines().enumerate() {
            if raw.iter().any(|one| line.contains(one)) {
                faults.push(format!("{name}:{} sets a state past states.rs", number + 1));
            }
        }
    }
    none(&faults);
}

#[test]
fn every_source_file_opens_with_its_purpose() {
    let mut faults = Vec::new();
    for path in sources(&["rs", "ts", "tsx"]) {
        let text = fs::read_to_string(&path).unwrap();
        let first = text.lines().next().unwrap_or_default();
        let purpose = match path.extension().and_then(|extension| extension.to_str()) {
            Some("rs") => first.strip_prefix("//!"),
            _ => first.strip_prefix("//").or_else(|| first.strip_prefix("/*")),
        };
        if purpose.is_none_or(|purpose| purpose.trim_matches(['/', '*', ' ']).len() < 8) {
            faults.push(format!("{} does not open with a sentence of purpose", shown(&path)));
        }
    }
    none(&faults);
}

#[test]
fn no_file_is_too_long_to_have_one_purpose() {
    let files = sources(&["rs", "ts", "tsx", "css", "py"])
        .into_iter()
        .filter(|path| !is_generated(path) && !is_table(path));
    let long = files.filter_map(|path| {
        let lines = fs::read_to_string(&path).unwrap().lines().count();
        (lines > LONGEST_FILE).then(|| format!("{} has {lines} lines", shown(&path)))
    });
    none(&long.collect::<Vec<_>>());
}

#[test]
fn nothing_is_left_for_later() {
    let anywhere = [
        "TODO",
        "FIXME",
        "XXX",
        "todo!(",
        "unimplemented!(",
        "@ts-ignore",
        "@ts-nocheck",
    ];
    let mut faults = Vec::new();
    for path in sources(&["rs", "ts", "tsx", "css", "html"]) {
        if is_test(&path) || is_generated(&path) {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for (number, line) in shipped_lines(&text).enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            let found = anywhere.iter().find(|word| line.contains(**word)).copied();
            if let Some(word) = found.or_else(|| code.contains(".unwrap()").then_some(".unwrap()")) {
                faults.push(format!("{}:{}: {word}", shown(&path), number + 1));
            }
        }
    }
    none(&faults);
}

#[test]
fn no_path_of_one_machine_is_written_down() {
    // Put together here, so that this file does not hold what it looks for.
    let mut banned = ["work", "root"].map(|folder| format!("/{folder}/")).to_vec();
    banned.push(root().display().to_string());
    let kinds = [
        "rs", "ts", "tsx", "css", "html", "json", "md", "py", "sh", "sql", "svg", "toml", "txt", "yml",
    ];
    let mut faults = Vec::new();
    for path in sources(&kinds) {
        let text = fs::read_to_string(&path).unwrap();
        for (number, line) in text.lines().enumerate() {
            if banned.iter().any(|folder| starts_a_path(line, folder)) {
                faults.push(format!("{}:{}: {}", shown(&path), number + 1, line.trim()));
            }
        }
    }
    none(&faults);
}

#[test]
fn links_in_the_documents_lead_somewhere() {
    let mut faults = Vec::new();
    for path in sources(&["md"]) {
        let text = fs::read_to_string(&path).unwrap();
        for target in link_targets(&text) {
            let file = target.split('#').next().unwrap_or_default();
            if !file.is_empty() && !path.parent().unwrap().join(file).exists() {
                faults.push(format!("{} links to {target}", shown(&path)));
            }
        }
    }
    none(&faults);
}

#[test]
fn each_banned_call_has_its_reason() {
    let text = fs::read_to_string(root().join("clippy.toml")).unwrap();
    let bans: Vec<&str> = text
        .lines()
        .filter(|line| line.trim_start().starts_with("{ path"))
        .collect();
    assert!(bans.len() > 10, "the list of banned calls is gone");
    let silent = bans
        .iter()
        .filter(|line| !line.contains("reason = \""))
        .map(|line| (*line).to_owned());
    none(&silent.collect::<Vec<_>>());
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

fn none(faults: &[String]) {
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

fn matches(pattern: &str, name: &str) -> bool {
    pattern
        .strip_suffix('*')
        .map_or(pattern == name, |family| name.starts_with(family))
}

fn metadata(arguments: &[&str]) -> Value {
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(["metadata", "--format-version", "1", "--locked"])
        .args(arguments)
        .current_dir(root());
    let answer = cargo.output().unwrap();
    assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
    serde_json::from_slice(&answer.stdout).unwrap()
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

/// Our crates and what each needs to build or run (not to test).
fn packages() -> BTreeMap<String, Vec<String>> {
    let metadata = metadata(&["--no-deps"]);
    let named = |value: &Value| value["name"].as_str().unwrap().to_owned();
    let needed = |package: &Value| {
        let dependencies = list(package, "dependencies").iter();
        dependencies
            .filter(|dependency| dependency["kind"] != "dev")
            .map(named)
            .collect()
    };
    list(&metadata, "packages")
        .iter()
        .map(|package| (named(package), needed(package)))
        .collect()
}

/// The resolved dependencies, without those for tests and build scripts.
struct Graph {
    names: BTreeMap<String, String>,
    edges: BTreeMap<String, Vec<String>>,
}

impl Graph {
    fn read() -> Self {
        let metadata = metadata(&[]);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let names = list(&metadata, "packages")
            .iter()
            .map(|package| (text(&package["id"]), text(&package["name"])));
        let normal = |dependency: &&Value| list(dependency, "dep_kinds").iter().any(|kind| kind["kind"].is_null());
        let edges = list(&metadata["resolve"], "nodes").iter().map(|node| {
            let below = list(node, "deps")
                .iter()
                .filter(normal)
                .map(|dependency| text(&dependency["pkg"]));
            (text(&node["id"]), below.collect())
        });
        Self {
            names: names.collect(),
            edges: edges.collect(),
        }
    }

    /// Everything below our crate of that name, with who brings it.
    fn below(&self, name: &str) -> Vec<(String, String)> {
        let is_root = |id: &&String| self.names[*id] == name && id.starts_with("path+");
        let mut open: Vec<&String> = self.names.keys().filter(is_root).collect();
        assert_eq!(open.len(), 1, "crate {name} is not in the graph");
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        while let Some(id) = open.pop() {
            for below in self.edges.get(id).into_iter().flatten() {
                found.push((self.names[below].clone(), self.names[id].clone()));
                if seen.insert(below) {
                    open.push(below);
                }
            }
        }
        found
    }
}

fn crate_folders() -> Vec<PathBuf> {
    let crates = fs::read_dir(root().join("crates"))
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = crates.filter(|path| path.join("Cargo.toml").exists()).collect();
    folders.extend([root().join("src-tauri"), root().join("tests")]);
    folders
}

/// The files rustc starts from: lib.rs, main.rs, src/bin/*.rs. A `main.rs` beside a `lib.rs` is a root of its own.
fn crate_roots(folder: &Path) -> Vec<PathBuf> {
    let mut roots: Vec<PathBuf> = ["src/lib.rs", "src/main.rs"].map(|file| folder.join(file)).to_vec();
    if let Ok(programs) = fs::read_dir(folder.join("src/bin")) {
        roots.extend(programs.map(|entry| entry.unwrap().path()));
    }
    roots.into_iter().filter(|path| path.is_file()).collect()
}

/// Every file of ours with one of these endings: nothing built, installed, vendored or generated by a tool at build.
fn sources(endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    walk(&root(), &mut found);
    found.retain(|path| {
        path.extension()
            .is_some_and(|ending| endings.iter().any(|wanted| ending == *wanted))
    });
    assert!(
        !found.is_empty(),
        "no files with endings {endings:?}: the walk is broken"
    );
    found
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    const SKIPPED: &[&str] = &[".git", "dist", "gen", "node_modules", "target", "vendor"];
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let name = entry.file_name().to_string_lossy().into_owned();
        match entry.file_type().unwrap() {
            kind if kind.is_dir() && !SKIPPED.contains(&name.as_str()) => walk(&entry.path(), found),
            kind if kind.is_file() => found.push(entry.path()),
            _ => {}
        }
    }
}

fn is_generated(path: &Path) -> bool {
    let name = path.file_name().unwrap().to_string_lossy();
    name.starts_with("bindings") || name.contains("generated") || name == "package-lock.json"
}

fn is_table(path: &Path) -> bool {
    let text = shown(path).replace('\\', "/");
    TABLES.iter().any(|folder| text.starts_with(folder))
}

fn is_test(path: &Path) -> bool {
    let text = shown(path).replace('\\', "/");
    text.starts_with("tests/")
        || text.starts_with("crates/testkit/")
        || text.contains("/tests/")
        || ["/tests.rs", ".test.ts", ".test.tsx"]
            .iter()
            .any(|end| text.ends_with(end))
}

/// The lines before the unit tests, which stand last in a file.
fn shipped_lines(text: &str) -> impl Iterator<Item = &str> {
    let mut lines = text.lines().peekable();
    std::iter::from_fn(move || {
        let line = lines.next()?;
        let tests_follow = line.trim() == "#[cfg(test)]" && lines.peek().is_some_and(|next| next.starts_with("mod "));
        (!tests_follow).then_some(line)
    })
}

/// Whether the folder stands in the line as the beginning of an absolute path, not inside a longer one or an address.
fn starts_a_path(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        before.is_none_or(|character| !character.is_alphanumeric() && !"./-_:}*".contains(character))
    })
}

/// Relative targets of `[text](target)`.
fn link_targets(text: &str) -> Vec<&str> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    targets
        .filter(|target| !target.contains("://") && !target.starts_with("mailto:"))
        .collect()
}

#[test]
fn the_line_reader_stops_at_the_unit_tests() {
    let text = "//! Purpose.\nfn a() {}\n\n#[cfg(test)]\nmod tests {\n    x.unwrap();\n}\n";
    assert_eq!(shipped_lines(text).count(), 3);
}

#[test]
fn absolute_paths_are_told_from_addresses() {
    let folder = "/folder/";
    assert!(starts_a_path("see /folder/main", folder) && starts_a_path("\"/folder/x\"", folder));
    assert!(!starts_a_path("https://x.org/folder/y", folder) && !starts_a_path("../folder/y", folder));
}
