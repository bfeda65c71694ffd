//! The page tree as written: which object is which page, and what it inherits.

use std::collections::HashSet;
use std::sync::Arc;

use super::value::{Dictionary, Reference, Value};
use super::view::View;
use crate::document::{Damage, Limit};

use super::chain::StructureError;

/// Deepest page tree.
const DEEPEST: usize = 64;

/// One page.
#[derive(Debug, Clone)]
pub(crate) struct PageNode {
    pub(crate) reference: Reference,
    /// `Resources` of the nearest ancestor that has them.
    pub(crate) inherited_resources: Option<Arc<Value>>,
}

struct Walk<'a> {
    view: View<'a>,
    visited: HashSet<Reference>,
    pages: Vec<PageNode>,
    most: usize,
}

/// Every page in order.
pub(crate) fn read_pages(view: View<'_>, most: usize) -> Result<Vec<PageNode>, StructureError> {
    let (_, catalog) = view.catalog()?;
    let bad = Damage::BadEntry {
        number: 0,
        key: "Pages",
    };
    let root = catalog.get("Pages").and_then(Value::as_reference).ok_or(bad)?;
    let mut walk = Walk {
        view,
        visited: HashSet::new(),
        pages: Vec::new(),
        most,
    };
    walk.node(root, None, DEEPEST)?;
    Ok(walk.pages)
}

impl Walk<'_> {
    fn node(
        &mut self,
        reference: Reference,
        inherited: Option<Arc<Value>>,
        depth: usize,
    ) -> Result<(), StructureError> {
        let bad = Damage::BadObject {
            number: reference.number,
        };
        let Value::Dictionary(node) = self.view.resolve(&Value::Reference(reference))? else {
            return Err(bad.into());
        };
        if depth == 0 || !self.visited.insert(reference) {
            return Err(bad.into());
        }
        if node.is_type("Pages") {
            return self.kids(reference, &node, inherited, depth - 1);
        }
        if node.get("Kids").is_some() || !(node.is_type("Page") || node.get("Type").is_none()) {
            return Err(bad.into());
        }
        self.pages.push(PageNode {
            reference,
            inherited_resources: inherited,
        });
        if self.pages.len() > self.most {
            Err(StructureError::TooLarge(Limit::Pages))
        } else {
            Ok(())
        }
    }

    fn kids(
        &mut self,
        reference: Reference,
        node: &Dictionary,
        inherited: Option<Arc<Value>>,
        depth: usize,
    ) -> Result<(), StructureError> {
        let bad = Damage::BadEntry {
            number: reference.number,
            key: "Kids",
        };
        let resources = node.get("Resources").cloned().map(Arc::new).or(inherited);
        let Some(Value::Array(kids)) = self.view.entry_of(node, "Kids")? else {
            return Err(bad.into());
        };
        for kid in &kids {
            let kid = kid.as_reference().ok_or_else(|| bad.clone())?;
            self.node(kid, resources.clone(), depth)?;
        }
        Ok(())
    }
}
