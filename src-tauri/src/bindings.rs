//! The TypeScript side of commands and events: generated, committed, and compared with what this code would write.

use tauri::Wry;
use tauri_specta::Builder;

/// Commands and events as tauri-specta knows them.
pub(crate) fn builder() -> Builder<Wry> {
    // What is absent in Rust is null on both ways; one shape for each type keeps the screens' types plain.
    Builder::new()
        .disable_serde_phases()
        .commands(crate::command::all())
        .events(crate::events::all())
}

#[cfg(test)]
mod tests {
    use crate::command::names::NAMES;
    use specta_typescript::Typescript;
    use std::path::Path;

    fn source() -> &'static Path {
        Path::new(env!("CARGO_MANIFEST_DIR"))
    }

    /// `cargo xtask bindings` sets GANJIANG_WRITE_GENERATED, and the file is written instead.
    #[test]
    fn generated_bindings_are_current() {
        let folder = tempfile::tempdir().unwrap();
        let fresh = folder.path().join("bindings.ts");
        super::builder().export(Typescript::default(), &fresh).unwrap();
        let fresh = std::fs::read_to_string(fresh).unwrap();
        let committed = source().join("../ui/src/bindings.ts");
        #[expect(clippy::disallowed_methods, reason = "a test reads its own switch")]
        if std::env::var_os("GANJIANG_WRITE_GENERATED").is_some() {
            std::fs::write(&committed, &fresh).unwrap();
        }
        let committed = std::fs::read_to_string(committed).unwrap();
        assert!(
            committed == fresh,
            "ui/src/bindings.ts is stale: run `cargo xtask bindings`"
        );
    }

    /// Without a permission a command is dead, with a stray one the window may ask too much.
    #[test]
    fn the_capability_names_exactly_the_commands() {
        let capability = std::fs::read_to_string(source().join("capabilities/main.json")).unwrap();
        let capability: serde_json::Value = serde_json::from_str(&capability).unwrap();
        let granted: Vec<&str> = capability["permissions"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|permission| permission.as_str())
            .collect();
        let mut expected = vec![
            "core:event:allow-listen".to_owned(),
            "core:event:allow-unlisten".to_owned(),
        ];
        expected.extend(NAMES.iter().map(|name| format!("allow-{}", name.replace('_', "-"))));
        assert_eq!(granted, expected);
    }

    /// The names Tauri is told are the commands that are registered.
    #[test]
    fn every_registered_command_is_declared() {
        let bindings = std::fs::read_to_string(source().join("../ui/src/bindings.ts")).unwrap();
        let called: Vec<&str> = bindings
            .split("__TAURI_INVOKE(\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        assert_eq!(called, NAMES);
    }

    /// No remote origin, no inline or evaluated code, nothing that asks for the whole of a plugin.
    #[test]
    fn the_content_security_policy_is_strict() {
        let settings = std::fs::read_to_string(source().join("tauri.conf.json")).unwrap();
        let settings: serde_json::Value = serde_json::from_str(&settings).unwrap();
        let policy = settings["app"]["security"]["csp"].as_object().unwrap();
        for (directive, sources) in policy {
            for word in sources.as_str().unwrap().split(' ') {
                let allowed = [
                    "'self'",
                    "'none'",
                    "picture:",
                    "http://picture.localhost",
                    "ipc:",
                    "http://ipc.localhost",
                ];
                let picture_data = directive == "img-src" && word == "data:";
                assert!(allowed.contains(&word) || picture_data, "{directive} {word}");
            }
        }
        assert_eq!(policy["script-src"], "'self'");
        assert_eq!(policy["style-src"], "'self'");
        assert_eq!(settings["app"]["withGlobalTauri"], false);
    }
}
