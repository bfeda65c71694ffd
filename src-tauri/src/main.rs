//! The desktop shell: start-up, commands, events and pictures; too thin to hold a bug.
#![forbid(unsafe_code)]
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod bindings;
mod clipboard;
mod command;
mod dialog;
mod events;
mod failure;
mod files;
mod letter;
mod link;
mod log;
mod notification;
mod picture;
mod shell;
mod start;

use shell::Shell;
use tauri::{DragDropEvent, Manager, RunEvent, WindowEvent};

#[allow(
    clippy::disallowed_methods,
    reason = "tauri's generate_context! calls process::exit inside its own code"
)]
fn main() -> anyhow::Result<()> {
    app::core_dumps::forbid();
    if app::page_worker::serve() {
        return Ok(());
    }
    let bindings = bindings::builder();
    let application = tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(|handle, arguments, folder| {
            files::taken_over(handle, &arguments, &folder);
        }))
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_notification::init())
        .plugin(
            tauri_plugin_opener::Builder::new()
                .open_js_links_on_click(false)
                .build(),
        )
        .register_asynchronous_uri_scheme_protocol("picture", picture::answer)
        .manage(Shell::opening())
        .manage(link::Link::default())
        .manage(letter::DroppedLetter::default())
        .invoke_handler(bindings.invoke_handler())
        .setup(move |application| {
            bindings.mount_events(application);
            Ok(start::begin(application.handle())?)
        })
        .on_window_event(|window, event| {
            if let WindowEvent::DragDrop(DragDropEvent::Drop { paths, .. }) = event {
                files::dropped(window.app_handle(), paths.clone());
            }
        })
        .build(tauri::generate_context!())?;
    application.run(|handle, event| match event {
        RunEvent::Exit => start::end(handle),
        #[cfg(target_os = "macos")]
        RunEvent::Opened { urls } => {
            let urls: Vec<String> = urls.iter().map(ToString::to_string).collect();
            link::keep(handle, &urls);
        }
        _ => {}
    });
    Ok(())
}
