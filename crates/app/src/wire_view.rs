//! Small translations that several subjects need: times, ids, QR codes, answers of the platform.
use crate::failure::{Failure, internal, refuse};
use crate::view::{ApprovalEventView, EmployeeView, FailureCode};
use platform::wire;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

/// RFC 3339 in UTC, whole seconds.
pub(crate) fn moment(at: OffsetDateTime) -> String {
    let at = at.to_offset(time::UtcOffset::UTC);
    at.replace_nanosecond(0)
        .unwrap_or(at)
        .format(&Rfc3339)
        .unwrap_or_default()
}

/// An id as the window sends it back.
pub(crate) fn id(text: &str) -> Result<Uuid, Failure> {
    Uuid::parse_str(text).map_err(|_| refuse(FailureCode::NotFound))
}

/// A key for one write that the user intends once.
pub(crate) fn write_key() -> Uuid {
    Uuid::new_v4()
}

/// A QR code as SVG, black on white with the quiet zone that scanners need.
pub(crate) fn qr_svg(text: &str) -> Result<String, Failure> {
    let code = qrcode::QrCode::new(text).map_err(|error| internal("a QR code", &error))?;
    Ok(code
        .render::<qrcode::render::svg::Color<'_>>()
        .min_dimensions(240, 240)
        .quiet_zone(true)
        .build())
}

/// The code under which an enumeration of the platform stands in JSON.
pub(crate) fn code<T: serde::Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => text,
        _ => String::new(),
    }
}

pub(crate) fn employee_view(employee: &wire::Employee) -> EmployeeView {
    EmployeeView {
        id: employee.id.to_string(),
        name: employee.name.clone(),
        account: employee.account.clone(),
        role: crate::session::role(employee.role),
    }
}

pub(crate) fn event_view(event: &wire::ApprovalEvent) -> ApprovalEventView {
    ApprovalEventView {
        at: moment(event.at),
        code: code(&event.code),
        params: event.params.clone(),
    }
}
