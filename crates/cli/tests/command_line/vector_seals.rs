//! Seals given as SVG or PDF: stamped as paths, where a PNG of the same seal would stand, or refused by name.

use super::Desk;
use testkit::{judges, pdfs};

const AT: [&str; 2] = ["--at", "1:30,40"];

/// Which pixels of the 45 mm from (25, 35) on the first page are red, as poppler draws them at 600 dots an inch.
fn red(desk: &Desk, file: &str) -> Vec<bool> {
    let mut draw = judges::pdftoppm();
    draw.args(["-r", "600", "-f", "1", "-l", "1", "-singlefile"])
        .args(["-x", "591", "-y", "827", "-W", "1063", "-H", "1063"])
        .arg(desk.path(file))
        .arg(desk.path(file));
    judges::must(&mut draw);
    let ppm = std::fs::read(desk.path(&format!("{file}.ppm"))).unwrap();
    let head = ppm
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'\n')
        .nth(2)
        .unwrap()
        .0;
    let pixels = ppm[head + 1..].chunks_exact(3);
    pixels
        .map(|pixel| pixel[0] > 128 && pixel[1] < 128 && pixel[2] < 128)
        .collect()
}

/// How much of what is red in one is red in both.
fn alike(one: &[bool], other: &[bool]) -> f64 {
    assert_eq!(one.len(), other.len());
    let count = |test: fn(bool, bool) -> bool| one.iter().zip(other).filter(|(a, b)| test(**a, **b)).count();
    count(|a, b| a && b) as f64 / count(|a, b| a || b) as f64
}

fn stamp<'a>(seal: &'a str, out: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["stamp", "bid.pdf", "--out", out, "--seal", seal][..], &AT, more].concat()
}

#[test]
fn a_vector_seal_stands_where_its_picture_would_and_stays_vector() {
    let desk = Desk::new();
    desk.put("bid.pdf", &pdfs::simple(1));
    let name = "杭州云栖智能科技有限公司";
    for file in ["seal.svg", "seal.pdf", "seal.png"] {
        desk.done(&["seal", "company", "--name", name, "--dpi", "1200", "--out", file]);
    }
    for more in [&[][..], &["--seal-width", "30"]] {
        desk.done(&stamp("seal.png", "png.pdf", more));
        let picture = red(&desk, "png.pdf");
        for seal in ["seal.svg", "seal.pdf"] {
            let out = format!("{seal}.stamped.pdf");
            desk.done(&stamp(seal, &out, more));
            judges::assert_sound_pdf(&desk.path(&out));
            let alike = alike(&picture, &red(&desk, &out));
            // Poppler puts the edges of pictures on whole pixels, and strokes are a few pixels wide.
            assert!(alike > 0.93, "{seal} {more:?}: {alike}");
            let written = std::fs::read(desk.path(&out)).unwrap();
            assert!(!written.windows(6).any(|bytes| bytes == b"/Image"), "{seal}: a picture");
        }
    }
}

/// One way to say a ring of 20 mm and what it must look like: the same as the plain one.
const RINGS: [(&str, &str); 4] = [
    (
        "stroke",
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="40mm" height="40mm" viewBox="0 0 40 40"><circle cx="20" cy="20" r="15" fill="none" stroke="red" stroke-width="4"/></svg>"#,
    ),
    (
        "style, group and transform",
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="40mm" height="40mm" viewBox="0 0 4 4"><style>.s{fill:none;stroke:#f00;stroke-width:.4}</style><g transform="translate(2 2) rotate(30)"><circle class="s" r="1.5"/></g></svg>"#,
    ),
    (
        "even-odd fill, by use",
        r#"<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="40mm" height="40mm" viewBox="0 0 40 40"><defs><path id="a" fill-rule="evenodd" d="M3 20a17 17 0 1 1 34 0a17 17 0 1 1-34 0zM7 20a13 13 0 1 1 26 0a13 13 0 1 1-26 0z"/></defs><use xlink:href='#a' fill="rgb(255,0,0)"/></svg>"#,
    ),
    (
        "a white disc over a red one",
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="151.181" height="151.181" viewBox="0 0 40 40"><circle cx="20" cy="20" r="17" fill="red"/><circle cx="20" cy="20" r="13" fill="white"/></svg>"#,
    ),
];

#[test]
fn every_way_to_draw_the_same_ring_is_read() {
    let desk = Desk::new();
    desk.put("bid.pdf", &pdfs::simple(1));
    let mut first = None;
    for (what, svg) in RINGS {
        desk.put("ring.svg", svg.as_bytes());
        desk.done(&stamp("ring.svg", "ring.pdf", &[]));
        let ring = red(&desk, "ring.pdf");
        let first = first.get_or_insert_with(|| ring.clone());
        let pixels = ring.iter().filter(|red| **red).count() as f64;
        let square_mm = pixels * (25.4_f64 / 600.0).powi(2);
        let expected = std::f64::consts::PI * (17.0_f64.powi(2) - 13.0_f64.powi(2));
        assert!((square_mm / expected - 1.0).abs() < 0.02, "{what}: {square_mm} mm²");
        assert!(alike(first, &ring) > 0.97, "{what}: {}", alike(first, &ring));
    }
}

#[test]
fn what_paths_cannot_show_is_refused_by_name() {
    let desk = Desk::new();
    desk.put("bid.pdf", &pdfs::simple(1));
    let svg =
        |body: &str| format!(r#"<svg xmlns="http://www.w3.org/2000/svg" width="40mm" height="40mm">{body}</svg>"#);
    let deep = |tag: &str| {
        format!(
            "{}<rect width='9' height='9'/>{}",
            format!("<{tag}>").repeat(40_000),
            format!("</{tag}>").repeat(40_000)
        )
    };
    let laughs = r#"<!DOCTYPE svg [<!ENTITY a "<rect width='1' height='1'/>"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;"><!ENTITY f "&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;">]><svg xmlns="http://www.w3.org/2000/svg" width="40mm" height="40mm">&f;&f;&f;</svg>"#;
    let cases = [
        (svg("<text y='20'>杭州云栖</text>"), "seal_not_plain", "轮廓"),
        (
            svg("<image href='/etc/passwd' width='9' height='9'/>"),
            "seal_not_plain",
            "位图",
        ),
        (
            svg("<rect width='9' height='9' opacity='.5'/>"),
            "seal_not_plain",
            "透明",
        ),
        (
            svg(
                "<linearGradient id='g'><stop stop-color='red'/><stop offset='1' stop-color='blue'/></linearGradient><rect width='9' height='9' fill='url(#g)'/>",
            ),
            "seal_not_plain",
            "渐变",
        ),
        (
            svg("<clipPath id='c'><circle r='5'/></clipPath><rect width='9' height='9' clip-path='url(#c)'/>"),
            "seal_not_plain",
            "特效",
        ),
        (svg(""), "seal_empty", "没有图形"),
        (svg("<rect width='9'"), "seal_unreadable", "读不出来"),
        ("<html><body>no</body></html>".to_owned(), "seal_unreadable", "读不出来"),
        (svg(&deep("g")), "seal_unreadable", "读不出来"),
        (laughs.to_owned(), "seal_unreadable", "读不出来"),
        ("PK".to_owned(), "seal_file_unknown", "PNG、SVG 或 PDF"),
    ];
    for (content, code, words) in cases {
        desk.put("seal.svg", content.as_bytes());
        let (status, _, told) = desk.run(&stamp("seal.svg", "out.pdf", &[]));
        let head: String = content.chars().take(120).collect();
        assert_eq!(status, 3, "{head}: {told}");
        assert!(told.contains(code) && told.contains(words), "{head}: {told}");
        assert!(!desk.path("out.pdf").exists(), "{head}");
    }
}

#[test]
fn a_page_with_embedded_letters_can_be_a_seal_and_one_with_a_picture_cannot() {
    let desk = Desk::new();
    desk.put("bid.pdf", &pdfs::simple(1));
    desk.put("lacking.pdf", &pdfs::chinese_pages(1));
    let (status, _, told) = desk.run(&stamp("lacking.pdf", "none.pdf", &[]));
    assert!(
        status == 3 && told.contains("轮廓"),
        "its font is not in it: {status} {told}"
    );
    // Cairo puts its own fonts in.
    let mut embed = judges::pdftocairo();
    embed.arg("-pdf").args([desk.path("bid.pdf"), desk.path("letters.pdf")]);
    judges::must(&mut embed);
    desk.done(&stamp("letters.pdf", "out.pdf", &["--seal-width", "60"]));
    judges::assert_sound_pdf(&desk.path("out.pdf"));
    let written = std::fs::read(desk.path("out.pdf")).unwrap();
    let tail = &written[pdfs::simple(1).len()..];
    assert!(
        !tail.windows(9).any(|bytes| bytes == b"/FontFile"),
        "letters became paths"
    );
    desk.done(&stamp("seal.png", "pictured.pdf", &[]));
    let (status, _, told) = desk.run(&stamp("pictured.pdf", "none.pdf", &[]));
    assert!(status == 3 && told.contains("seal_not_plain"), "{status} {told}");
}
