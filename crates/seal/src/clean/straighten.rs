//! The mark as it would lie straight before one: ring to circle, star upright, four corners to a rectangle.

use image::GrayImage;

use super::plane::Plane;
use super::shape::{Corners, Ellipse, Outline};
use super::tidy;
use super::warp::warped;

/// An ellipse less round than this is an oval seal, not a round one seen aslant.
const OVAL: f64 = 0.86;
/// A picture is at most this many pixels wide.
const MOST_SIDE: f64 = 2400.0;

/// How a straightened mark came about.
pub(super) struct Straight {
    pub(super) alpha: GrayImage,
    /// How far it was turned in the photo, clockwise, in degrees.
    pub(super) turned: f64,
    /// Whether the turn was read from the mark (star, edges) or could only be guessed.
    pub(super) sure: bool,
    pub(super) shape: super::MarkShape,
}

/// Straightens by the outline, and turns by `further` degrees clockwise.
pub(super) fn straightened(alpha: &Plane<u8>, outline: &Outline, further: f64) -> Option<Straight> {
    match outline {
        Outline::Ellipse(ring) if ratio(ring) > OVAL => round(alpha, ring, further),
        Outline::Ellipse(ring) => oval(alpha, ring, further),
        Outline::Quadrangle(corners) => rectangle(alpha, corners, further),
        Outline::Free => free(alpha, further),
    }
}

fn ratio(ring: &Ellipse) -> f64 {
    ring.axes.0.min(ring.axes.1) / ring.axes.0.max(ring.axes.1)
}

fn round(alpha: &Plane<u8>, ring: &Ellipse, further: f64) -> Option<Straight> {
    let (turn, sure) = upright(alpha, ring);
    let radius = ((ring.axes.0 + ring.axes.1) / 2.0).min(MOST_SIDE / 2.0);
    let angle = turn - further.to_radians();
    let (sine, cosine) = (libm::sin(angle), libm::cos(angle));
    let seen = |x: f64, y: f64| ring.at(x * cosine - y * sine, x * sine + y * cosine);
    let corners = [seen(-1.0, -1.0), seen(1.0, -1.0), seen(1.0, 1.0), seen(-1.0, 1.0)];
    Some(Straight {
        alpha: warped(alpha, corners, (radius * 2.0 + 1.0, radius * 2.0 + 1.0))?,
        turned: turn.to_degrees(),
        sure,
        shape: super::MarkShape::Round,
    })
}

fn oval(alpha: &Plane<u8>, ring: &Ellipse, further: f64) -> Option<Straight> {
    let (long, short, mut direction) = if ring.axes.0 >= ring.axes.1 {
        (ring.axes.0, ring.axes.1, ring.direction)
    } else {
        (ring.axes.1, ring.axes.0, ring.direction + std::f64::consts::FRAC_PI_2)
    };
    let plain = Ellipse::new(ring.centre, (long, short), direction);
    // Of the two ways to lay the long axis, the one with the arc of text above.
    let profile = profile(alpha, &plain, 0.55, 0.88);
    let heavy = centre_of_mass(&profile) - direction;
    if libm::sin(heavy) > 0.0 {
        direction += std::f64::consts::PI;
    }
    let scale = (MOST_SIDE / (2.0 * long)).min(1.0);
    let angle = direction - further.to_radians();
    let (sine, cosine) = (libm::sin(angle), libm::cos(angle));
    let at = |x: f64, y: f64| {
        let (x, y) = (x * long, y * short);
        (
            ring.centre.0 + x * cosine - y * sine,
            ring.centre.1 + x * sine + y * cosine,
        )
    };
    let corners = [at(-1.0, -1.0), at(1.0, -1.0), at(1.0, 1.0), at(-1.0, 1.0)];
    let size = (long * 2.0 * scale + 1.0, short * 2.0 * scale + 1.0);
    Some(Straight {
        alpha: warped(alpha, corners, size)?,
        turned: half_turn(direction.to_degrees()),
        sure: true,
        shape: super::MarkShape::Oval,
    })
}

fn half_turn(degrees: f64) -> f64 {
    degrees - 360.0 * libm::round(degrees / 360.0)
}

fn rectangle(alpha: &Plane<u8>, corners: &Corners, further: f64) -> Option<Straight> {
    let [a, b, c, d] = *corners;
    let distance = |one: (f64, f64), two: (f64, f64)| libm::hypot(one.0 - two.0, one.1 - two.1);
    let (mut width, mut height) = (
        (distance(a, b) + distance(d, c)) / 2.0,
        (distance(a, d) + distance(b, c)) / 2.0,
    );
    if (width / height - 1.0).abs() < 0.12 {
        // Nobody cuts a seal that is nearly square: the photo was taken aslant.
        width = (width + height) / 2.0;
        height = width;
    }
    let scale = (MOST_SIDE / width.max(height)).min(1.0);
    let straight = warped(alpha, *corners, (width * scale, height * scale))?;
    let turned = libm::atan2(b.1 - a.1, b.0 - a.0).to_degrees();
    let alpha = if further == 0.0 {
        straight
    } else {
        turned_picture(&straight, further)?
    };
    let square = (width / height - 1.0).abs() < 0.01;
    Some(Straight {
        alpha,
        turned,
        sure: true,
        shape: if square {
            super::MarkShape::Square
        } else {
            super::MarkShape::Rectangle
        },
    })
}

fn free(alpha: &Plane<u8>, further: f64) -> Option<Straight> {
    let inside = tidy::ink_box(alpha)?.widened(3, alpha.width, alpha.height);
    let (left, top) = (inside.left as f64, inside.top as f64);
    let (right, bottom) = (inside.right as f64, inside.bottom as f64);
    let (width, height) = (right - left, bottom - top);
    let scale = (MOST_SIDE / width.max(height)).min(1.0);
    let corners = [(left, top), (right, top), (right, bottom), (left, bottom)];
    let straight = warped(alpha, corners, (width * scale, height * scale))?;
    Some(Straight {
        alpha: if further == 0.0 {
            straight
        } else {
            turned_picture(&straight, further)?
        },
        turned: 0.0,
        sure: false,
        shape: super::MarkShape::Free,
    })
}

/// A picture turned clockwise, large enough to hold all of it, then trimmed to its ink.
fn turned_picture(picture: &GrayImage, degrees: f64) -> Option<GrayImage> {
    let plane = Plane {
        width: picture.width() as usize,
        height: picture.height() as usize,
        cells: picture.as_raw().clone(),
    };
    let angle = degrees.to_radians();
    let (sine, cosine) = (libm::sin(angle), libm::cos(angle));
    let (w, h) = (plane.width as f64, plane.height as f64);
    let size = (w * cosine.abs() + h * sine.abs(), w * sine.abs() + h * cosine.abs());
    let source = |x: f64, y: f64| (w / 2.0 + x * cosine + y * sine, h / 2.0 - x * sine + y * cosine);
    let (a, b) = (size.0 / 2.0, size.1 / 2.0);
    let turned = warped(
        &plane,
        [source(-a, -b), source(a, -b), source(a, b), source(-a, b)],
        size,
    )?;
    let plane = Plane {
        width: turned.width() as usize,
        height: turned.height() as usize,
        cells: turned.as_raw().clone(),
    };
    let ink = tidy::ink_box(&plane)?.widened(2, plane.width, plane.height);
    let part = image::imageops::crop_imm(
        &turned,
        ink.left as u32,
        ink.top as u32,
        ink.width() as u32,
        ink.height() as u32,
    );
    Some(part.to_image())
}

/// Mean alpha along each direction, between two shares of the radius.
fn profile(alpha: &Plane<u8>, ring: &Ellipse, from: f64, to: f64) -> Vec<f64> {
    const STEPS: usize = 720;
    let shares: Vec<f64> = (0..24)
        .map(|step| from + (to - from) * (f64::from(step) + 0.5) / 24.0)
        .collect();
    (0..STEPS)
        .map(|step| {
            let angle = step as f64 * std::f64::consts::TAU / STEPS as f64;
            let (sine, cosine) = (libm::sin(angle), libm::cos(angle));
            let value = |share: &f64| {
                let (x, y) = ring.at(share * cosine, share * sine);
                f64::from(alpha.near(x as i64, y as i64)) / 255.0
            };
            shares.iter().map(value).sum::<f64>() / shares.len() as f64
        })
        .collect()
}

/// The `times`-fold part of a profile: its strength, and the direction of its crests.
fn crests(profile: &[f64], times: f64) -> (f64, f64) {
    let turns = profile.iter().enumerate().map(|(step, value)| {
        let angle = step as f64 * std::f64::consts::TAU / profile.len() as f64 * times;
        (value * libm::cos(angle), value * libm::sin(angle))
    });
    let (x, y) = turns.fold((0.0, 0.0), |sum, part| (sum.0 + part.0, sum.1 + part.1));
    let all: f64 = profile.iter().sum::<f64>().max(1e-6);
    (libm::hypot(x, y) / all, libm::atan2(y, x) / times)
}

fn centre_of_mass(profile: &[f64]) -> f64 {
    crests(profile, 1.0).1
}

/// How far a round seal is turned clockwise (radians): a tip of its star, or else its arc of text, points up.
fn upright(alpha: &Plane<u8>, ring: &Ellipse) -> (f64, bool) {
    let up = -std::f64::consts::FRAC_PI_2;
    let text = profile(alpha, ring, 0.55, 0.90);
    let (lopsided, heavy) = crests(&text, 1.0);
    let (star, tip) = crests(&profile(alpha, ring, 0.16, 0.34), 5.0);
    let wrapped = |angle: f64| angle - std::f64::consts::TAU * libm::round(angle / std::f64::consts::TAU);
    if star < 0.12 {
        return (wrapped(heavy - up), lopsided > 0.08);
    }
    let tips = (0..5).map(|step| tip + f64::from(step) * std::f64::consts::TAU / 5.0);
    let nearest = tips.min_by(|a, b| wrapped(a - heavy).abs().total_cmp(&wrapped(b - heavy).abs()));
    (wrapped(nearest.unwrap_or(tip) - up), true)
}
