//! Plans kept under a name.
use crate::{Store, StoreError};
use rusqlite::params;
use time::OffsetDateTime;

/// One kept plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateRow {
    /// Id.
    pub id: String,
    /// Name; an account has one plan of a name.
    pub name: String,
    /// The plan, as JSON.
    pub plan: String,
    /// When it was kept.
    pub made_at: OffsetDateTime,
}

impl Store {
    /// The plans of an account, newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn templates(&self, scope: &str) -> Result<Vec<TemplateRow>, StoreError> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, name, plan, made_at FROM plan_template WHERE scope = ?1 ORDER BY made_at DESC, name",
            )?;
            let rows = statement.query_map([scope], |row| {
                Ok(TemplateRow {
                    id: row.get(0)?,
                    name: row.get(1)?,
                    plan: row.get(2)?,
                    made_at: crate::from_unix(row.get(3)?),
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Keeps a plan; an older one of the same name is replaced.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn keep_template(&self, scope: &str, row: &TemplateRow) -> Result<(), StoreError> {
        self.change(|connection| {
            connection.execute(
                "INSERT OR REPLACE INTO plan_template (scope, name, id, plan, made_at) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![scope, row.name, row.id, row.plan, row.made_at.unix_timestamp()],
            )?;
            Ok(())
        })
    }

    /// Forgets a plan.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn remove_template(&self, scope: &str, id: &str) -> Result<(), StoreError> {
        self.change(|connection| {
            connection.execute("DELETE FROM plan_template WHERE scope = ?1 AND id = ?2", [scope, id])?;
            Ok(())
        })
    }
}
