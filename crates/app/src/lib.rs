//! Every use case of the desktop application: no window, no SQL, no HTTP details.
//!
//! Start at [`App::open`]; its methods are the window's commands, one file per subject.
#![deny(unsafe_code)]
#![cfg_attr(test, allow(clippy::disallowed_methods))]

mod application;
mod approvals;
mod authorisation;
mod authority_services;
mod billing;
mod certificates;
mod copying;
pub mod core_dumps;
pub mod demo;
mod device;
mod documents;
mod evidence;
mod exchange;
mod extension;
mod failure;
pub mod file_work;
mod files;
mod handwriting;
mod here;
mod home;
mod import;
mod invoices;
#[allow(unsafe_code)]
mod kept_session;
mod mapped;
mod options;
mod orders;
mod outbox;
pub mod page_worker;
mod pictures;
mod pin_change;
mod pin_platform;
mod placing;
mod plan;
mod reissue;
mod reminders;
mod sandbox;
mod scanning;
mod seal_drafts;
mod seal_life;
mod seal_log;
mod seal_log_csv;
mod seal_log_sync;
mod seal_photos;
mod seal_pictures;
mod seals;
mod session;
mod settings;
mod sign_ins;
mod signing;
mod signing_level;
mod sync;
mod templates;
mod tokens;
mod trust_roots;
mod unlocking;
mod verification;
mod verification_report;
mod verification_words;
pub mod view;
mod wire_view;

pub use application::App;
pub use failure::Failure;
pub use options::{AppOptions, Clock, DeviceSecretPlace, PlatformAddress, SystemClock};
pub use pictures::Picture;
pub use scanning::SCHEME;
pub use settings::configured_platform;
