//! Lists that are gone through page by page, from platforms that page them and from those that do not yet.

use std::collections::{HashMap, HashSet};

use reqwest::Url;
use reqwest::header::{HeaderMap, LINK};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::routes::Answer;
use super::transport::Call;
use super::{ClientError, PlatformClient};
use crate::wire::*;

/// Rows asked for at once: certificates with their history stay far below the limit of an answer.
const ROWS: u64 = 1000;

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListPage<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Pass as `after` for what follows; none at the end, and from a platform that answers with whole lists.
    pub next: Option<String>,
}

/// Lists of an enterprise.
impl PlatformClient {
    /// All entitlements of the enterprise, newest first; staff see those they hold or held last.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn certificates(&self) -> Answer<Vec<Certificate>> {
        self.all("/v1/certificates", |row: &Certificate| row.id).await
    }

    /// Part of them.
    ///
    /// # Errors
    /// `Refused(Malformed)` for an `after` that no page told.
    pub async fn certificates_page(&self, wanted: &ListQuery) -> Answer<ListPage<Certificate>> {
        self.listed(Call::query("/v1/certificates", wanted)?).await
    }

    /// All invoices, requested and issued, newest first.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn invoices(&self) -> Answer<Vec<Invoice>> {
        self.all("/v1/invoices", |row: &Invoice| row.id).await
    }

    /// Part of them.
    ///
    /// # Errors
    /// `Refused(Malformed)` for an `after` that no page told.
    pub async fn invoices_page(&self, wanted: &ListQuery) -> Answer<ListPage<Invoice>> {
        self.listed(Call::query("/v1/invoices", wanted)?).await
    }

    /// The time line, newest first.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn approvals(&self) -> Answer<Vec<Approval>> {
        let mut all = self.all("/v1/approvals", |row: &Approval| row.id).await?;
        all.sort_by_key(|one| std::cmp::Reverse((one.since, one.id)));
        Ok(all)
    }

    /// Part of it, what has been as it is for longest first.
    ///
    /// # Errors
    /// `Refused(Malformed)` for an `after` that no page told.
    pub async fn approvals_page(&self, wanted: &ListQuery) -> Answer<ListPage<Approval>> {
        self.listed(Call::query("/v1/approvals", wanted)?).await
    }

    /// Goes through a list to its end. What comes again has moved on meanwhile: the later row counts.
    async fn all<T: DeserializeOwned>(&self, path: &str, id: impl Fn(&T) -> Uuid) -> Answer<Vec<T>> {
        let mut wanted = ListQuery {
            after: None,
            limit: Some(ROWS),
        };
        let mut all = Vec::new();
        let (mut places, mut told) = (HashMap::new(), HashSet::new());
        loop {
            let page: ListPage<T> = self.listed(Call::query(path, &wanted)?).await?;
            for row in page.rows {
                let place = *places.entry(id(&row)).or_insert(all.len());
                match all.get_mut(place) {
                    Some(before) => *before = row,
                    None => all.push(row),
                }
            }
            let Some(next) = page.next else { return Ok(all) };
            if !told.insert(next.clone()) {
                return Err(goes_in_circles(path));
            }
            wanted.after = Some(next);
        }
    }
}

/// A platform whose pages do not get on.
fn goes_in_circles(path: &str) -> ClientError {
    ClientError::Nonsense {
        status: 200,
        what: format!("a page of {path} is followed by one before it"),
    }
}

/// `after` of the link to the next page (RFC 8288); wherever the link leads, the same list is asked with it.
pub(super) fn next(headers: &HeaderMap) -> Option<String> {
    let texts = headers
        .get_all(LINK)
        .into_iter()
        .filter_map(|value| value.to_str().ok());
    let links = texts.flat_map(|text| text.split('<').skip(1));
    let mut targets = links.filter_map(|link| link.split_once('>').filter(|(_, params)| is_next(params)));
    let (target, _) = targets.next()?;
    let base = Url::parse("http://platform/").ok()?;
    let target = base.join(target).ok()?;
    let mut pairs = target.query_pairs();
    pairs.find_map(|(name, value)| (name == "after").then(|| value.into_owned()))
}

fn is_next(params: &str) -> bool {
    let mut params = params
        .split([';', ','])
        .filter_map(|param| param.trim().split_once('='));
    params.any(|(name, value)| {
        let mut relations = value.trim_matches('"').split_ascii_whitespace();
        name.eq_ignore_ascii_case("rel") && relations.any(|relation| relation.eq_ignore_ascii_case("next"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;

    fn next_of(links: &[&'static str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for link in links {
            headers.append(LINK, HeaderValue::from_static(link));
        }
        next(&headers)
    }

    #[test]
    fn the_next_page_is_found_however_the_link_is_written() {
        let place = Some("12:ab".to_owned());
        assert_eq!(next_of(&[r#"<?limit=2&after=12:ab>; rel="next""#]), place);
        assert_eq!(next_of(&[r"<https://a.example/v1/x?after=12%3Aab>;rel=next"]), place);
        assert_eq!(
            next_of(&[r#"<?a=1>; rel="prev", </v1/x?after=12:ab>; title="x"; REL="last next""#]),
            place
        );
        assert_eq!(
            next_of(&[r#"<?after=1>; rel="first""#, r#"<?after=12:ab>; rel="next""#]),
            place
        );
        for none in [
            "",
            "<",
            "<?after=1>",
            r#"<?after=1>; rel="previous""#,
            r#"<?limit=1>; rel="next""#,
            r#"?after=1; rel="next""#,
        ] {
            assert_eq!(next_of(&[none]), None, "{none}");
        }
    }
}
