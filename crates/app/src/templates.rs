//! Plans kept under a name, to be used on the next tender.
use crate::application::App;
use crate::failure::{Failure, internal, refuse_with};
use crate::placing::plan_of;
use crate::view::{FailureCode, PlanItemInput, PlanTemplateView, Topic};
use crate::wire_view::moment;
use store::TemplateRow;

/// Longest name, in characters.
const LONGEST_NAME: usize = 40;
/// Most templates of an account.
const MOST_TEMPLATES: usize = 200;

impl App {
    /// The account's templates, newest first. One that a newer version wrote is left out, and kept.
    ///
    /// # Errors
    /// `SessionExpired`, or those of the local data.
    pub async fn plan_templates(&self) -> Result<Vec<PlanTemplateView>, Failure> {
        let rows = self.inner.store.templates(&self.inner.scope()?)?;
        Ok(rows.into_iter().filter_map(view).collect())
    }

    /// Keeps a plan's items under a name; one of the same name is replaced.
    ///
    /// # Errors
    /// `FieldInvalid` for a name that is none or when there are 200 already, `PlanUnusable` for items that are none.
    pub async fn keep_plan_template(&self, name: &str, items: Vec<PlanItemInput>) -> Result<PlanTemplateView, Failure> {
        let name = name.trim();
        let scope = self.inner.scope()?;
        let store = &self.inner.store;
        let kept = store.templates(&scope)?;
        if name.is_empty() {
            return Err(invalid("empty"));
        }
        if name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
            return Err(invalid("format"));
        }
        if kept.len() >= MOST_TEMPLATES && !kept.iter().any(|row| row.name == name) {
            return Err(invalid("too_many"));
        }
        let plan = serde_json::to_string(&plan_of(&items)?).map_err(|error| internal("keeping a template", &error))?;
        let row = TemplateRow {
            id: uuid::Uuid::new_v4().to_string(),
            name: name.to_owned(),
            plan,
            made_at: self.inner.now(),
        };
        store.keep_template(&scope, &row)?;
        self.inner.changed(&[Topic::Documents]);
        Ok(PlanTemplateView {
            id: row.id,
            name: row.name,
            items,
            created: moment(row.made_at),
        })
    }

    /// Forgets a template.
    ///
    /// # Errors
    /// Those of the local data; one that is gone is forgotten.
    pub async fn remove_plan_template(&self, id: &str) -> Result<(), Failure> {
        self.inner.store.remove_template(&self.inner.scope()?, id)?;
        self.inner.changed(&[Topic::Documents]);
        Ok(())
    }
}

fn view(row: TemplateRow) -> Option<PlanTemplateView> {
    let plan = pdf::plan::Plan::from_json(row.plan.as_bytes()).ok()?;
    let items = plan
        .items
        .iter()
        .map(|item| serde_json::from_value(serde_json::to_value(item).ok()?).ok());
    Some(PlanTemplateView {
        items: items.collect::<Option<_>>()?,
        id: row.id,
        name: row.name,
        created: moment(row.made_at),
    })
}

fn invalid(why: &str) -> Failure {
    refuse_with(
        FailureCode::FieldInvalid,
        &[("field", "template_name".to_owned()), ("why", why.to_owned())],
    )
}
