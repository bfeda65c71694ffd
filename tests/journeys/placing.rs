//! Seals at keywords and along seams, dates and text, on locked and damaged files too; what is shown is what is written.

use crate::walk::{self, PIN};
use app::view::*;
use std::path::{Path, PathBuf};
use testkit::{judges, pdfs};

fn seal(id: &str) -> ContentInput {
    ContentInput::Seal { seal: id.to_owned() }
}

fn at_keyword(word: &str, hits: HitsInput, anchor: AnchorInput) -> PlaceInput {
    PlaceInput::Keyword {
        word: word.to_owned(),
        hits,
        pages: "all".to_owned(),
        anchor,
        dx_mm: 0.0,
        dy_mm: 0.0,
    }
}

fn seam(pages_per_group: Option<u32>) -> PlaceInput {
    PlaceInput::Seam {
        pages: "all".to_owned(),
        side: SideInput::Right,
        pages_per_group,
        odd_pages_only: false,
        skip_cover: false,
        along_mm: None,
    }
}

fn items(seal_id: &str) -> Vec<PlanItemInput> {
    let date = ContentInput::Date {
        pattern: DatePatternInput::Chinese,
        size_pt: 12.0,
        color: "#000000".to_owned(),
    };
    let text = ContentInput::Text {
        text: "投标人：杭州云栖智能科技有限公司".to_owned(),
        size_pt: 10.5,
        color: "#1a1a1a".to_owned(),
    };
    let corner = PlaceInput::Corner {
        pages: "last".to_owned(),
        corner: CornerInput::BottomLeft,
        margin_mm: 20.0,
    };
    [
        (
            seal(seal_id),
            at_keyword("商务标", HitsInput::Nth(2), AnchorInput::Center),
        ),
        (seal(seal_id), seam(None)),
        (date, at_keyword("招标文件", HitsInput::Last, AnchorInput::Right)),
        (text, corner),
    ]
    .map(|(content, place)| PlanItemInput { content, place })
    .into()
}

fn plan(document: &str, certificate: &str, items: Vec<PlanItemInput>) -> SigningPlanInput {
    SigningPlanInput {
        document_id: document.to_owned(),
        certificate_id: certificate.to_owned(),
        items,
        reason: String::new(),
        level: SigningLevel::BB,
    }
}

fn output(signed: &SignedView) -> PathBuf {
    Path::new(&signed.folder).join(&signed.output_name)
}

#[tokio::test]
async fn a_plan_of_every_kind_is_shown_and_signed_as_shown() {
    let (world, certificate, company) = walk::ready_to_stamp().await;
    let app = &world.app;
    let bid = pdfs::put(world.folder(), "标书.pdf", &pdfs::chinese_pages(6));
    let opened = app.open_documents(vec![bid]).await.unwrap().remove(0);

    let found = app.find_word(&opened.id, "商务标", "1-3").await.unwrap();
    assert!(!found.hits.is_empty() && found.hits.iter().all(|hit| hit.page <= 3));
    assert!(found.pages_without_text.is_empty() && !found.truncated);

    let wanted = plan(&opened.id, &certificate.id, items(&company.id));
    let preview = app.preview_plan(wanted.clone()).await.unwrap();
    assert!(preview.items.iter().all(|item| item.problem.is_none()), "{preview:?}");
    assert!(preview.items[2].svg.as_ref().is_some_and(|svg| svg.contains(" d=\"M")));
    let slices = preview.boxes.iter().filter(|placed| placed.part.is_some());
    assert_eq!(slices.count(), 6, "a slice on every page");
    assert!(!preview.as_widgets);

    let signed = walk::sign(app, wanted, PIN).await.unwrap();
    assert_eq!(signed.marks as usize, preview.boxes.len());
    let file = output(&signed);
    judges::assert_sound_pdf(&file);
    judges::assert_pdfsig_valid(&file, 1);
    judges::assert_pyhanko_trusts(&file, &world.root_pem(), 1);
    let words = judges::must(judges::mutool().args(["draw", "-F", "text"]).arg(&file).arg("6"));
    assert!(words.contains("投标人：杭州云栖智能科技有限公司"), "{words}");

    let shown = &signed.verification.signatures[0].marks;
    for placed in &preview.boxes {
        let there = shown.iter().any(|mark| {
            mark.page == placed.page
                && (mark.x_mm - placed.x_mm).abs() < 0.3
                && (mark.y_mm - placed.y_mm).abs() < 0.3
                && (mark.width_mm - placed.width_mm).abs() < 0.3
        });
        assert!(there, "{placed:?} is not in {shown:?}");
    }
    let again = app
        .preview_plan(plan(&signed.document.id, &certificate.id, items(&company.id)))
        .await
        .unwrap();
    assert!(again.as_widgets, "on a signed file marks are fields");
}

#[tokio::test]
async fn what_cannot_be_placed_is_told_item_by_item() {
    let (world, certificate, company) = walk::ready_to_stamp().await;
    let app = &world.app;
    let bid = pdfs::put(world.folder(), "标书.pdf", &pdfs::chinese_pages(2));
    let opened = app.open_documents(vec![bid]).await.unwrap().remove(0);
    let odd = ContentInput::Text {
        text: "\u{1F5FF}".to_owned(),
        size_pt: 12.0,
        color: "#000000".to_owned(),
    };
    let here = |pages: &str, x_mm: f64| PlaceInput::At {
        pages: pages.to_owned(),
        x_mm,
        y_mm: 50.0,
    };
    let wanted: Vec<PlanItemInput> = [
        (seal(&company.id), here("9", 10.0)),
        (seal(&company.id), here("1", 200.0)),
        (odd, here("1", 10.0)),
        (seal("no-such-seal"), here("1", 10.0)),
        (
            seal(&company.id),
            at_keyword("没有的字", HitsInput::All, AnchorInput::Center),
        ),
        (seal(&company.id), seam(Some(1))),
        (seal(&company.id), here("2", 60.0)),
    ]
    .map(|(content, place)| PlanItemInput { content, place })
    .into();
    let wanted = plan(&opened.id, &certificate.id, wanted);
    let preview = app.preview_plan(wanted.clone()).await.unwrap();
    let codes: Vec<_> = preview
        .items
        .iter()
        .map(|item| item.problem.as_ref().map(|problem| problem.code))
        .collect();
    let expected = [
        Some(FailureCode::PageRangeInvalid),
        Some(FailureCode::MarkOffPage),
        Some(FailureCode::PlanUnusable),
        Some(FailureCode::NotFound),
        None,
        Some(FailureCode::PlanUnusable),
        None,
    ];
    assert_eq!(codes, expected);
    assert!(preview.boxes.iter().all(|placed| placed.item == 6 && placed.page == 2));
    let missing = preview.findings.iter().any(|finding| {
        finding.code == FindingCode::KeywordMissing && finding.item == 4 && finding.level == CheckLevel::Warning
    });
    assert!(missing, "{:?}", preview.findings);
    assert!(
        (preview.items[6].width_mm - 40.0).abs() < 0.1,
        "sizes belong to their own items"
    );
    assert!(
        walk::sign(app, wanted, PIN).await.is_err(),
        "nothing is signed by halves"
    );
}

#[tokio::test]
async fn a_locked_file_is_unlocked_shown_and_signed() {
    let (world, certificate, company) = walk::ready_to_stamp().await;
    let app = &world.app;
    let plain = pdfs::put(world.folder(), "plain.pdf", &pdfs::chinese_pages(2));
    let locked = world.folder().join("加密标书.pdf");
    let mut qpdf = judges::qpdf();
    qpdf.args(["--encrypt", "kai-biao", "owner", "256", "--"]).arg(&plain);
    judges::must(qpdf.arg(&locked));
    let opened = app.open_documents(vec![locked]).await.unwrap().remove(0);
    assert!(opened.needs_password && opened.refusal.is_some());
    let secret = |text: &str| SecretText::new(text.to_owned());
    let wrong = app.unlock_document(&opened.id, secret("kaibiao")).await.unwrap_err();
    assert_eq!(wrong.code, FailureCode::PdfPasswordWrong);
    assert!(
        app.document(&opened.id).await.unwrap().needs_password,
        "it stays locked"
    );
    let unlocked = app.unlock_document(&opened.id, secret("kai-biao")).await.unwrap();
    assert_eq!((unlocked.id.as_str(), unlocked.page_count), (opened.id.as_str(), 2));
    assert!(unlocked.is_encrypted && !unlocked.needs_password && unlocked.refusal.is_none());
    let picture = app
        .picture(&format!("page/{}/1", unlocked.id), "width=200")
        .await
        .unwrap();
    assert!(picture.bytes.starts_with(b"\x89PNG"));
    let signed = walk::sign(app, walk::plan(&unlocked.id, &certificate.id, &company.id, "all"), PIN)
        .await
        .unwrap();
    assert_eq!(signed.verification.verdict, Verdict::Valid);
    assert!(signed.document.is_encrypted, "the signed file keeps its password");
    let words = judges::must(
        judges::pdfsig()
            .args(["-nocert", "-upw", "kai-biao"])
            .arg(output(&signed)),
    );
    assert_eq!(words.matches("Signature is Valid.").count(), 1, "{words}");
}

#[tokio::test]
async fn a_damaged_file_is_repaired_into_a_new_one_and_signed() {
    let (world, certificate, company) = walk::ready_to_stamp().await;
    let app = &world.app;
    let mut bytes = pdfs::simple(3);
    let end = bytes.windows(9).rposition(|window| window == b"startxref").unwrap();
    bytes.truncate(end);
    bytes.extend_from_slice(b"startxref\n5\n%%EOF\n");
    let broken = pdfs::put(world.folder(), "坏文件.pdf", &bytes);
    let opened = app.open_documents(vec![broken.clone()]).await.unwrap().remove(0);
    assert!(opened.can_repair && opened.refusal.is_some());
    let repaired = app.repair_document(&opened.id).await.unwrap();
    assert_eq!((repaired.name.as_str(), repaired.page_count), ("坏文件-已修复.pdf", 3));
    assert!(repaired.refusal.is_none() && !repaired.can_repair);
    assert_eq!(std::fs::read(&broken).unwrap(), bytes, "the original stays as it is");
    let signed = walk::sign(app, walk::plan(&repaired.id, &certificate.id, &company.id, "all"), PIN)
        .await
        .unwrap();
    judges::assert_pdfsig_valid(&output(&signed), 1);
    let sound = app.repair_document(&signed.document.id).await.unwrap_err();
    assert_eq!(sound.code, FailureCode::PdfNotRepaired);
}

#[tokio::test]
async fn plans_are_kept_by_name_for_the_next_tender() {
    let (world, _, company) = walk::ready_to_stamp().await;
    let app = &world.app;
    assert!(app.plan_templates().await.unwrap().is_empty());
    let kept = app.keep_plan_template(" 常用投标 ", items(&company.id)).await.unwrap();
    assert_eq!(kept.name, "常用投标");
    app.keep_plan_template("常用投标", items(&company.id)[..1].to_vec())
        .await
        .unwrap();
    app.keep_plan_template("只盖骑缝", items(&company.id)[1..2].to_vec())
        .await
        .unwrap();
    let all = app.plan_templates().await.unwrap();
    assert_eq!(all.len(), 2, "a name is kept once");
    let usual = all.iter().find(|template| template.name == "常用投标").unwrap();
    assert_eq!(usual.items, items(&company.id)[..1]);
    app.remove_plan_template(&usual.id).await.unwrap();
    assert_eq!(app.plan_templates().await.unwrap().len(), 1);
    let nameless = app.keep_plan_template("  ", Vec::new()).await.unwrap_err();
    assert_eq!(nameless.code, FailureCode::FieldInvalid);
}
