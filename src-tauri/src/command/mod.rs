//! The window's commands: each unpacks its arguments, calls the app and returns; no decisions here.

mod approvals;
mod authorisation;
mod billing;
mod certificates;
mod documents;
mod home;
mod invoices;
#[cfg(test)]
pub(crate) mod names;
mod orders;
mod outbox;
mod photos;
mod sandbox;
mod scanning;
mod seal_log;
mod seals;
mod session;
mod settings;

use app::view::FailureView;
use tauri::Wry;
use tauri_specta::{Commands, collect_commands};

/// What a command gives back.
type Answer<T> = Result<T, FailureView>;

/// The opened application as a command receives it.
type Shell<'a> = tauri::State<'a, crate::shell::Shell>;

/// Every command, in the order of `names::NAMES`.
pub(crate) fn all() -> Commands<Wry> {
    collect_commands![
        session::session_state,
        session::sign_in,
        session::sign_out,
        session::sign_ins,
        session::end_sign_in,
        session::sign_out_everywhere,
        home::home,
        authorisation::authorisation,
        authorisation::start_face_authorisation,
        authorisation::save_letter_template,
        authorisation::submit_authorisation_letter,
        authorisation::expect_dropped_letter,
        authorisation::submit_dropped_letter,
        billing::billing,
        billing::save_billing_title,
        billing::remove_billing_title,
        billing::save_remitting_account,
        billing::remove_remitting_account,
        billing::check_field,
        orders::packages,
        orders::place_order,
        orders::orders,
        orders::order,
        orders::update_order,
        orders::cancel_order,
        orders::request_invoice,
        invoices::invoices,
        invoices::save_invoice,
        invoices::reveal_saved_file,
        certificates::certificates,
        certificates::certificate,
        certificates::employees,
        certificates::assign_certificate,
        certificates::change_holder,
        certificates::import_certificate,
        certificates::reissue_certificate,
        certificates::extend_certificate,
        certificates::revoke_certificate,
        certificates::change_pin,
        certificates::export_key,
        certificates::export_certificate,
        certificates::save_calendar,
        certificates::reminders,
        certificates::dismiss_reminder,
        certificates::notify_reminder,
        certificates::bring_certificate,
        certificates::remove_brought_certificate,
        certificates::tokens,
        certificates::choose_token_driver,
        certificates::take_token_certificate,
        seals::seal_notice,
        seals::agree_seal_notice,
        seals::seals,
        seals::disable_seal,
        seals::renew_seal,
        seals::create_automatic_seal,
        seals::preview_automatic_seal,
        seals::export_seal,
        seals::preview_draft_seal,
        seals::export_draft_seal,
        seals::choose_seal_font,
        seals::preview_handwriting,
        seals::create_handwriting,
        documents::open_documents,
        documents::documents,
        documents::document,
        documents::close_document,
        documents::unlock_document,
        documents::repair_document,
        documents::find_word,
        documents::preview_plan,
        documents::plan_templates,
        documents::keep_plan_template,
        documents::remove_plan_template,
        documents::check_signing,
        documents::sign_document,
        documents::verify_document,
        documents::open_signed_revision,
        documents::save_verification_report,
        photos::choose_seal_photo,
        photos::seal_photo,
        photos::close_seal_photo,
        photos::clean_seal_photo,
        photos::seal_declaration,
        photos::submit_seal_photo,
        scanning::take_link,
        scanning::scan_text,
        scanning::scan_picture,
        scanning::scan_clipboard,
        scanning::scan_tasks,
        scanning::scan_task_of,
        scanning::open_scan_document,
        scanning::return_scan_result,
        scanning::sign_scan_digest,
        scanning::refuse_scan_task,
        approvals::approvals,
        seal_log::seal_log_here,
        seal_log::seal_log_there,
        seal_log::seal_log_doubts,
        seal_log::export_seal_log,
        settings::settings,
        settings::save_settings,
        settings::choose_output_folder,
        settings::set_pin_lease,
        settings::trust_roots,
        settings::choose_trust_roots,
        settings::add_trust_roots,
        settings::remove_trust_root,
        sandbox::sandbox_transfer,
        sandbox::sandbox_auto_approve,
        sandbox::sandbox_decide,
        sandbox::open_sandbox_console,
        session::sync_now,
        outbox::outbox,
        outbox::retry_outbox,
        outbox::discard_outbox_entry,
        outbox::keep_outbox_entry,
    ]
}
