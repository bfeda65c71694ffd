//! The routes, one file per subject, and the API document made from the same list.

pub(crate) mod approvals;
pub(crate) mod arrivals;
pub(crate) mod authorisation;
pub(crate) mod billing;
pub(crate) mod certificates;
pub(crate) mod console;
pub(crate) mod docs;
pub(crate) mod extension;
pub(crate) mod invoices;
pub(crate) mod issuances;
pub(crate) mod issuing;
pub(crate) mod operator;
pub(crate) mod orders;
pub(crate) mod payments;
pub(crate) mod phone;
pub(crate) mod pin;
pub(crate) mod pki;
pub(crate) mod reissue;
pub(crate) mod reviews;
pub(crate) mod seals;
pub(crate) mod sessions;
pub(crate) mod sign_ins;
pub(crate) mod signing;
pub(crate) mod signing_page;
pub(crate) mod stream;
pub(crate) mod systems;
