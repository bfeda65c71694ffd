//! What annotations draw: form fields that are filled in and stamps are text a person sees.

use hayro::hayro_syntax::object::{Array, Dict, Name, Object, Stream};

use crate::geometry::{Matrix, Rectangle};

/// Most annotations of a page that are looked at.
const MOST: usize = 10_000;

/// Hidden and NoView (ISO 32000-2, 12.5.3).
const NOT_SHOWN: i64 = 2 | 32;

/// The appearances a viewer shows on the page, each with the map from its form space (before `Matrix`) to user space.
pub(crate) fn appearances<'a>(page: &Dict<'a>) -> Vec<(Stream<'a>, Matrix)> {
    let Some(annotations) = page.get::<Array<'a>>("Annots") else {
        return Vec::new();
    };
    annotations
        .iter::<Dict<'a>>()
        .take(MOST)
        .filter_map(|annotation| shown(&annotation))
        .collect()
}

fn shown<'a>(annotation: &Dict<'a>) -> Option<(Stream<'a>, Matrix)> {
    let hidden = annotation.get::<i64>("F").unwrap_or(0) & NOT_SHOWN != 0;
    let kind = annotation.get::<Name<'_>>("Subtype");
    if hidden || kind.is_some_and(|kind| kind.as_str() == "Popup") {
        return None;
    }
    let stream = match annotation.get::<Dict<'a>>("AP")?.get::<Object<'a>>("N")? {
        Object::Stream(stream) => stream,
        Object::Dict(states) => states.get::<Stream<'a>>(annotation.get::<Name<'_>>("AS")?)?,
        _ => return None,
    };
    let map = placed(annotation, stream.dict())?;
    Some((stream, map))
}

/// The appearance's box, after its own matrix, fills the annotation's rectangle (12.5.5, algorithm 8).
fn placed(annotation: &Dict<'_>, form: &Dict<'_>) -> Option<Matrix> {
    let to = rectangle(annotation.get::<[f64; 4]>("Rect")?);
    let [left, bottom, right, top] = form.get::<[f64; 4]>("BBox")?;
    let own = form.get::<[f64; 6]>("Matrix").unwrap_or([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
    let [a, b, c, d, e, f] = own;
    let own = Matrix { a, b, c, d, e, f };
    let corners = [(left, bottom), (right, bottom), (right, top), (left, top)].map(|(x, y)| own.apply(x, y));
    let [first, second, third, fourth] = corners;
    let from =
        [second, third, fourth]
            .iter()
            .fold(rectangle([first.0, first.1, first.0, first.1]), |so_far, (x, y)| {
                Rectangle {
                    left: so_far.left.min(*x),
                    bottom: so_far.bottom.min(*y),
                    right: so_far.right.max(*x),
                    top: so_far.top.max(*y),
                }
            });
    let scale = |to: f64, from: f64| if from > 0.0 { to / from } else { 1.0 };
    let (x, y) = (scale(to.width(), from.width()), scale(to.height(), from.height()));
    Some(Matrix {
        a: x,
        b: 0.0,
        c: 0.0,
        d: y,
        e: to.left - x * from.left,
        f: to.bottom - y * from.bottom,
    })
}

fn rectangle([left, bottom, right, top]: [f64; 4]) -> Rectangle {
    Rectangle::from_corners((left, bottom), (right, top))
}
