//! Which part of a list is wanted.

use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

/// Which part of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// Where the page before this one ended: its `next`, as it was told. The first page when absent.
    #[serde(default)]
    pub after: Option<String>,
    /// Rows wanted, 1–2,000; 100 when absent.
    #[serde(default = "default_limit")]
    pub limit: u64,
}

fn default_limit() -> u64 {
    100
}

impl Default for PageQuery {
    fn default() -> Self {
        Self {
            after: None,
            limit: default_limit(),
        }
    }
}

/// All of a list, or a page of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Where the page before this one ended, as its `Link` told it. The first page when absent.
    pub after: Option<String>,
    /// Rows wanted, 1–2,000; 100 when only `after` is there. Without both the answer is the whole list.
    pub limit: Option<u64>,
}
