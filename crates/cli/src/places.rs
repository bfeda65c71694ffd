//! Where things go, as it is typed: each option becomes an item of a plan.

use std::path::PathBuf;

use app::file_work::GIVEN_SEAL;
use app::file_work::plan::{Anchor, Content, Corner, HitChoice, Item, Place, Plan, Side};
use clap::Args;

/// Distance in mm from the right and lower edge where no position is given.
const CORNER_MARGIN_MM: f64 = 20.0;

/// The seal and its places.
#[derive(Args)]
pub(crate) struct Places {
    /// The seal: a PNG picture, or an SVG or PDF of plain paths
    #[arg(long, value_name = "FILE")]
    pub(crate) seal: Option<PathBuf>,
    /// Width of the seal in millimetres; without it the picture's own size counts
    #[arg(long, value_name = "MM")]
    pub(crate) seal_width: Option<f64>,
    /// A place: page, then millimetres from the visible page's top left to the seal's top left (again and again)
    #[arg(long, value_name = "PAGE:X_MM,Y_MM", value_parser = at)]
    pub(crate) at: Vec<Place>,
    /// Also on these pages, where --at says, else near the lower right corner: all, odd, even, first, last, 1-3,5
    #[arg(long, value_name = "RANGE")]
    pub(crate) pages: Option<String>,
    /// Over the middle of every hit of a word, or of its Nth hit (again and again)
    #[arg(long, value_name = "WORD[:N]", value_parser = keyword)]
    pub(crate) keyword: Vec<Place>,
    /// A seam seal: a slice of the seal on each page. Words, with commas: side=left|right|top|bottom, group=N (most
    /// pages that share one seal), pages=RANGE, odd (only odd pages), skip-cover
    #[arg(long, value_name = "side=right,group=N,pages=RANGE", value_parser = seam, num_args = 0..=1, default_missing_value = "")]
    pub(crate) seam: Option<Place>,
    /// A plan as JSON; its seals are files beside it, or `seal` for the one given with --seal
    #[arg(long, value_name = "PLAN.json")]
    pub(crate) plan: Option<PathBuf>,
}

impl Places {
    /// A plan of every place that was asked for beside --plan: each `--at`, its position again on each page of
    /// `--pages`, keywords and the seam.
    pub(crate) fn typed(&self) -> Plan {
        let mut places = self.at.clone();
        if let Some(pages) = &self.pages {
            places.extend(self.on_pages(pages));
        }
        places.extend(self.keyword.iter().cloned());
        places.extend(self.seam.clone());
        let item = |place| Item {
            content: Content::Seal {
                seal: GIVEN_SEAL.to_owned(),
            },
            place,
        };
        Plan::new(places.into_iter().map(item).collect())
    }

    fn on_pages(&self, pages: &str) -> Vec<Place> {
        let again = |place: &Place| match place {
            Place::At { x_mm, y_mm, .. } => Some(Place::At {
                pages: pages.to_owned(),
                x_mm: *x_mm,
                y_mm: *y_mm,
            }),
            _ => None,
        };
        if self.at.is_empty() {
            return vec![Place::Corner {
                pages: pages.to_owned(),
                corner: Corner::BottomRight,
                margin_mm: CORNER_MARGIN_MM,
            }];
        }
        self.at.iter().filter_map(again).collect()
    }
}

/// Reads `PAGE:X_MM,Y_MM`; the page may be a word such as `last`.
fn at(text: &str) -> Result<Place, String> {
    let wrong = || format!("`{text}` is not PAGE:X_MM,Y_MM, such as 1:120.5,200");
    let (pages, position) = text.rsplit_once(':').ok_or_else(wrong)?;
    let (x, y) = position.split_once(',').ok_or_else(wrong)?;
    let millimetres = |number: &str| number.trim().parse::<f64>().ok().filter(|value| value.is_finite());
    let (x_mm, y_mm) = millimetres(x).zip(millimetres(y)).ok_or_else(wrong)?;
    Ok(Place::At {
        pages: pages.to_owned(),
        x_mm,
        y_mm,
    })
}

/// Reads `WORD` or `WORD:N`; a colon that no number follows is part of the word.
fn keyword(text: &str) -> Result<Place, String> {
    let numbered = text
        .rsplit_once(':')
        .and_then(|(word, number)| Some((word, number.parse::<u32>().ok()?)));
    let (word, hits) = numbered.map_or((text, HitChoice::All), |(word, number)| (word, HitChoice::Nth(number)));
    if word.trim().is_empty() || hits == HitChoice::Nth(0) {
        return Err(format!("`{text}` is not WORD or WORD:N, with N from 1"));
    }
    Ok(Place::Keyword {
        word: word.to_owned(),
        hits,
        pages: "all".to_owned(),
        anchor: Anchor::Center,
        dx_mm: 0.0,
        dy_mm: 0.0,
    })
}

/// Reads `side=right,group=N,pages=RANGE,odd,skip-cover`, every word of which may be left out; a page range may have
/// commas of its own.
fn seam(text: &str) -> Result<Place, String> {
    let (mut side, mut group, mut odd, mut cover) = (Side::Right, None, false, false);
    let mut pages: Option<String> = None;
    let mut in_pages = false;
    for word in text.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        let wrong = || format!("`{word}` is not side=…, group=N, pages=RANGE, odd or skip-cover");
        let continues = in_pages && word.starts_with(|first: char| first.is_ascii_digit());
        in_pages = continues || word.starts_with("pages=");
        match word.split_once('=') {
            None if continues => {
                if let Some(pages) = &mut pages {
                    pages.push_str(&format!(",{word}"));
                }
            }
            Some(("side", "left")) => side = Side::Left,
            Some(("side", "right")) => side = Side::Right,
            Some(("side", "top")) => side = Side::Top,
            Some(("side", "bottom")) => side = Side::Bottom,
            Some(("group", number)) => group = Some(number.parse().map_err(|_| wrong())?),
            Some(("pages", range)) => pages = Some(range.to_owned()),
            None if word == "odd" => odd = true,
            None if word == "skip-cover" => cover = true,
            _ => return Err(wrong()),
        }
    }
    Ok(Place::Seam {
        pages: pages.unwrap_or_else(|| "all".to_owned()),
        side,
        pages_per_group: group,
        odd_pages_only: odd,
        skip_cover: cover,
        along_mm: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(at_text: &[&str], pages: Option<&str>) -> Places {
        Places {
            seal: None,
            seal_width: None,
            at: at_text.iter().map(|text| at(text).unwrap()).collect(),
            pages: pages.map(str::to_owned),
            keyword: Vec::new(),
            seam: None,
            plan: None,
        }
    }

    fn on(pages: &str, x_mm: f64, y_mm: f64) -> Place {
        Place::At {
            pages: pages.to_owned(),
            x_mm,
            y_mm,
        }
    }

    #[test]
    fn a_place_is_a_page_and_two_lengths() {
        assert_eq!(at("last:120.5, 30").unwrap(), on("last", 120.5, 30.0));
        for wrong in ["1", "1:2", "1:a,2", "1:nan,2", "1:2,inf"] {
            assert!(at(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn pages_repeat_the_place_or_fall_back_to_the_corner() {
        let typed =
            |places: Places| -> Vec<Place> { places.typed().items.into_iter().map(|item| item.place).collect() };
        assert_eq!(
            typed(places(&["1:10,20"], Some("2-3"))),
            [on("1", 10.0, 20.0), on("2-3", 10.0, 20.0)]
        );
        let corner = Place::Corner {
            pages: "all".to_owned(),
            corner: Corner::BottomRight,
            margin_mm: 20.0,
        };
        assert_eq!(typed(places(&[], Some("all"))), [corner]);
    }

    #[test]
    fn a_keyword_may_have_a_number() {
        let read = |text: &str| match keyword(text).unwrap() {
            Place::Keyword { word, hits, .. } => (word, hits),
            other => panic!("{other:?}"),
        };
        assert_eq!(read("盖章"), ("盖章".to_owned(), HitChoice::All));
        assert_eq!(read("盖章:2"), ("盖章".to_owned(), HitChoice::Nth(2)));
        assert_eq!(read("日期:"), ("日期:".to_owned(), HitChoice::All));
        for wrong in ["", " :3", "章:0"] {
            assert!(keyword(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_seam_is_read_word_by_word() {
        let read = |text: &str| match seam(text).unwrap() {
            Place::Seam {
                pages,
                side,
                pages_per_group,
                odd_pages_only,
                skip_cover,
                ..
            } => (pages, side, pages_per_group, odd_pages_only, skip_cover),
            other => panic!("{other:?}"),
        };
        assert_eq!(read(""), ("all".to_owned(), Side::Right, None, false, false));
        assert_eq!(
            read("side=top,pages=1-3,5,group=4,odd,skip-cover"),
            ("1-3,5".to_owned(), Side::Top, Some(4), true, true)
        );
        for wrong in ["side=up", "group=x", "5", "even", "pages=1,even"] {
            assert!(seam(wrong).is_err(), "{wrong}");
        }
    }
}
