//! Any bytes as a photo of a seal or signature: refused, or a clean mark inside the photo that is a sound picture.
#![no_main]

#[path = "../src/shared.rs"]
mod shared;

use libfuzzer_sys::fuzz_target;
use seal::clean::{CleanMark, CleanOptions, MarkKind, Photo, PixelBox, clean};
use shared::{begin, seeds};

/// Cleaning larger photos takes long and finds nothing more; they are still decoded.
const MOST_PIXELS: usize = 600_000;

fuzz_target!(init: begin(seeds::photos), |data: &[u8]| {
    let Ok(photo) = Photo::read(data) else { return };
    let (pixels, width, height) = photo.pixels();
    assert_eq!(pixels.len(), width * height * 3);
    if width * height > MOST_PIXELS {
        return;
    }
    // Where a person might crop and how far turn is taken from the bytes too, so that it changes with them.
    let [one, two, three, four] = data.last_chunk().copied().unwrap_or_default().map(usize::from);
    let crop = PixelBox {
        x: width * one / 300,
        y: height * two / 300,
        width: width * three / 200,
        height: height * four / 200,
    };
    let kinds = [None, Some(MarkKind::Seal), Some(MarkKind::Signature)];
    let options = CleanOptions {
        kind: kinds[one % kinds.len()],
        crop: (two % 2 == 0).then_some(crop),
        turn_degrees: f64::from(four as u32) * 2.0 - 255.0,
        ..CleanOptions::default()
    };
    for options in [CleanOptions::default(), options] {
        if let Ok(mark) = clean(&photo, &options) {
            check(&mark, &photo);
        }
    }
});

fn check(mark: &CleanMark, photo: &Photo) {
    let (width, height) = photo.size();
    let place = mark.place;
    assert!(place.width > 0 && place.x + place.width <= width, "{place:?} {width}");
    assert!(place.height > 0 && place.y + place.height <= height, "{place:?} {height}");
    assert!(mark.width_mm > 0.0 && mark.height_mm > 0.0 && mark.dpi > 0.0 && mark.angle_degrees.is_finite());
    let kept = Photo::read(&mark.to_png().expect("a mark is written")).expect("and read again");
    let (across, down) = mark.pixels();
    assert_eq!(kept.size(), (across as usize, down as usize));
    let mask = Photo::read(&mark.mask_png(photo).expect("a mask is written")).expect("and read again");
    assert_eq!(mask.size(), photo.size());
    mark.overlay_png().expect("what lies over the photo is written");
}
