//! Reminders of the end of a certificate, 90, 30, 7 and 1 days before: in the window, beside it, as a calendar file (RFC 5545).
use crate::application::App;
use crate::failure::Failure;
use crate::files;
use crate::view::{CertificateState, CertificateView, ReminderView, SavedFileView};
use pki::certificate::CertificateFacts;
use std::path::Path;
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

/// Days before the end at which is reminded (product rule 2.6).
const ALARM_DAYS: [u32; 4] = [90, 30, 7, 1];
/// A line of a calendar file has at most 75 octets (RFC 5545 3.1).
const LINE_OCTETS: usize = 75;
const MOMENT: &[BorrowedFormatItem<'_>] = format_description!("[year][month][day]T[hour][minute][second]Z");

impl App {
    /// Saves the end of a certificate for the calendar.
    ///
    /// # Errors
    /// `NotFound` before it was issued; those of writing a file.
    pub async fn save_calendar(&self, certificate_id: &str, target: &Path) -> Result<SavedFileView, Failure> {
        let facts = self.inner.certificate_facts(certificate_id)?;
        let text = calendar(&facts, self.inner.now());
        files::replace(target, &[text.as_bytes()])?;
        Ok(self.remember_saved(target))
    }

    /// What should be reminded of now: each certificate once in each of the four stages, until it is said to be known.
    ///
    /// # Errors
    /// `SessionExpired` when nobody is signed in.
    pub async fn reminders(&self) -> Result<Vec<ReminderView>, Failure> {
        let mut reminders = Vec::new();
        for certificate in self.certificates().await? {
            if let Some(reminder) = reminder(&certificate)
                && self.inner.store.setting(&known_as(&reminder))?.is_none()
            {
                reminders.push(reminder);
            }
        }
        reminders.sort_by_key(|reminder| reminder.days_left);
        Ok(reminders)
    }

    /// Whether the reminder of this certificate should be told beside the window: once in each stage, and never again.
    ///
    /// # Errors
    /// `SessionExpired` when nobody is signed in, and those of the local data.
    pub async fn first_told(&self, certificate_id: &str) -> Result<bool, Failure> {
        let reminders = self.reminders().await?;
        let Some(reminder) = reminders.iter().find(|one| one.certificate_id == certificate_id) else {
            return Ok(false);
        };
        let told = format!("told:{}", known_as(reminder));
        let first = self.inner.store.setting(&told)?.is_none();
        self.inner.store.set_setting(&told, "told")?;
        Ok(first)
    }

    /// The reminder is known: it comes again in the next stage.
    ///
    /// # Errors
    /// `SessionExpired` when nobody is signed in, and those of the local data.
    pub async fn dismiss_reminder(&self, certificate_id: &str) -> Result<Vec<ReminderView>, Failure> {
        for reminder in self.reminders().await? {
            if reminder.certificate_id == certificate_id {
                self.inner.store.set_setting(&known_as(&reminder), "known")?;
            }
        }
        self.reminders().await
    }
}

/// Of a certificate in use that ends within the first stage.
fn reminder(certificate: &CertificateView) -> Option<ReminderView> {
    let in_use = matches!(certificate.state, CertificateState::Active | CertificateState::Expiring);
    let days_left = certificate.days_left.filter(|days| in_use && *days >= 0)?;
    let stage = stage(u32::try_from(days_left).ok()?)?;
    Some(ReminderView {
        certificate_id: certificate.id.clone(),
        owner_name: certificate.owner_name.clone().unwrap_or_default(),
        valid_to: certificate.valid_to.clone()?,
        days_left,
        stage_days: stage,
    })
}

/// The last stage that was reached with so many whole days left.
fn stage(days_left: u32) -> Option<u32> {
    ALARM_DAYS.into_iter().rev().find(|stage| days_left <= *stage)
}

/// An extension changes the end, and begins anew.
fn known_as(reminder: &ReminderView) -> String {
    let ReminderView {
        certificate_id,
        valid_to,
        stage_days,
        ..
    } = reminder;
    format!("reminded:{certificate_id}:{valid_to}:{stage_days}")
}

fn calendar(facts: &CertificateFacts, now: OffsetDateTime) -> String {
    let summary = format!("数字证书到期：{}", facts.subject.shown());
    let description = format!(
        "{}的数字证书（序列号 {}）到期后不能再签章。请在到期前三个月内办理延期。",
        facts.subject.shown(),
        facts.serial_hex
    );
    let end = written(facts.not_after);
    let mut lines = vec![
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//ganjiang//certificates//ZH".to_owned(),
        "BEGIN:VEVENT".to_owned(),
        format!("UID:{}@ganjiang", facts.sha256_fingerprint),
        format!("DTSTAMP:{}", written(now)),
        format!("DTSTART:{end}"),
        format!("DTEND:{end}"),
        format!("SUMMARY:{}", escaped(&summary)),
        format!("DESCRIPTION:{}", escaped(&description)),
        "TRANSP:TRANSPARENT".to_owned(),
    ];
    for days in ALARM_DAYS {
        lines.extend([
            "BEGIN:VALARM".to_owned(),
            "ACTION:DISPLAY".to_owned(),
            format!("TRIGGER:-P{days}D"),
            format!("DESCRIPTION:{}", escaped(&format!("{summary}（还有 {days} 天）"))),
            "END:VALARM".to_owned(),
        ]);
    }
    lines.extend(["END:VEVENT".to_owned(), "END:VCALENDAR".to_owned()]);
    lines.iter().map(|line| folded(line)).collect()
}

fn written(at: OffsetDateTime) -> String {
    at.to_offset(time::UtcOffset::UTC).format(MOMENT).unwrap_or_default()
}

/// RFC 5545 3.3.11.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            '\\' | ';' | ',' => escaped.extend(['\\', character]),
            '\n' => escaped.push_str("\\n"),
            _ => escaped.push(character),
        }
    }
    escaped
}

/// Broken into lines of at most 75 octets, never inside a character.
fn folded(line: &str) -> String {
    let (mut folded, mut octets) = (String::new(), 0);
    for character in line.chars() {
        if octets + character.len_utf8() > LINE_OCTETS {
            folded.push_str("\r\n ");
            octets = 1;
        }
        folded.push(character);
        octets += character.len_utf8();
    }
    folded + "\r\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_stages_until_the_last_day() {
        let reached = [91, 90, 31, 30, 8, 7, 2, 1, 0].map(stage);
        let expected = [
            None,
            Some(90),
            Some(90),
            Some(30),
            Some(30),
            Some(7),
            Some(7),
            Some(1),
            Some(1),
        ];
        assert_eq!(reached, expected);
    }

    #[test]
    fn long_lines_are_folded_between_characters() {
        let line = "数".repeat(60);
        let folded = folded(&line);
        assert!(folded.split("\r\n").all(|line| line.len() <= LINE_OCTETS));
        assert_eq!(folded.replace("\r\n ", "").trim_end(), line);
    }

    #[test]
    fn what_means_something_in_a_calendar_is_escaped() {
        assert_eq!(escaped("a,b;c\\d\ne"), "a\\,b\\;c\\\\d\\ne");
    }
}
