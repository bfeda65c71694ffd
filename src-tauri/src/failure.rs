//! The few failures that arise in the shell itself.

use app::view::{FailureCode, FailureView};
use std::collections::BTreeMap;
use std::fmt::Display;

/// Something in the shell went wrong; the details go to the log under the incident.
pub(crate) fn of(code: FailureCode, detail: &dyn Display) -> FailureView {
    let incident: String = uuid::Uuid::new_v4().simple().to_string().chars().take(8).collect();
    tracing::error!(incident, ?code, %detail, "failure of the shell");
    FailureView {
        code,
        params: BTreeMap::new(),
        incident,
    }
}

/// A fault of this program.
pub(crate) fn internal(detail: &dyn Display) -> FailureView {
    of(FailureCode::Internal, detail)
}
