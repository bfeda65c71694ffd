//! 用印记录 as a story: every use of a key is on record, goes to the platform once and in order, and whatever is not as it
//! was is told, with the place.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test stops at the first thing that is not as it should be"
)]

use app::App;
use app::view::*;
use std::collections::BTreeSet;
use testkit::asking::{Asking, digest, letter};
use testkit::faults::{Fault, FaultProxy, Faults};
use testkit::pdfs;
use testkit::story::{PIN, import_enterprise_certificate, import_personal_certificate, pay_for, secret};
use testkit::world::World;

/// A world with money, and a device of the administrator behind a proxy, with the enterprise's certificate.
async fn far() -> (World, App, FaultProxy, CertificateView) {
    let world = World::signed_in("wangmin").await;
    pay_for(&world.app, world.folder(), 1).await;
    let proxy = FaultProxy::before(&world.server.base_url).await;
    let app = world.device_through("far", &proxy.base_url);
    app.sign_in("wangmin", secret("ganjiang")).await.unwrap();
    let certificate = import_enterprise_certificate(&app).await;
    (world, app, proxy, certificate)
}

async fn sign(world: &World, app: &App, certificate: &CertificateView, name: &str) -> SignedView {
    let path = pdfs::put(world.folder(), name, &pdfs::simple(1));
    let opened = app.open_documents(vec![path]).await.unwrap().remove(0);
    sign_opened(app, certificate, &opened.id).await
}

async fn sign_opened(app: &App, certificate: &CertificateView, document: &str) -> SignedView {
    let plan = SigningPlanInput {
        document_id: document.to_owned(),
        certificate_id: certificate.id.clone(),
        items: Vec::new(),
        reason: String::new(),
        level: SigningLevel::BB,
    };
    app.sign_document(plan, secret(PIN)).await.unwrap()
}

async fn here(app: &App) -> SealLogHereView {
    app.seal_log_here(SealLogQuery::default(), None, 100).await.unwrap()
}

async fn there(app: &App) -> Vec<SealLogRowView> {
    app.seal_log_there(SealLogQuery::default(), None).await.unwrap().rows
}

fn kinds(rows: &[SealLogRowView]) -> Vec<SealUseKind> {
    rows.iter().map(|row| row.kind).collect()
}

/// Whatever the background does: everything was tried once more.
async fn synced(app: &App) -> SealLogHereView {
    app.sync_now().await.unwrap();
    here(app).await
}

fn spoil(folder: &std::path::Path, sql: &str) {
    rusqlite::Connection::open(folder.join("ganjiang.sqlite"))
        .unwrap()
        .execute_batch(sql)
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_use_of_a_key_is_on_record_and_at_the_platform() {
    let world = World::signed_in("wangmin").await;
    let app = world.app.clone();
    pay_for(&app, world.folder(), 1).await;
    let certificate = import_enterprise_certificate(&app).await;
    let signed = sign(&world, &app, &certificate, "投标文件.pdf").await;
    let asking = Asking::registered(&world.server).await;
    let asked = asking.asks(letter(&pdfs::simple(1)), None).await;
    let task = app.scan_text(&asked.link).await.unwrap();
    let document = app.open_scan_document(&task.id).await.unwrap();
    sign_opened(&app, &certificate, &document.id).await;
    let asked = asking.asks(digest(b"content"), None).await;
    let task = app.scan_text(&asked.link).await.unwrap();
    let input = ScanDigestInput {
        task_id: task.id.clone(),
        certificate_id: certificate.id.clone(),
        pin: secret(PIN),
    };
    app.sign_scan_digest(input).await.unwrap();
    let password = || secret("long enough");
    let export = ExportKeyInput {
        certificate_id: certificate.id.clone(),
        pin: secret(PIN),
        password: password(),
        password_again: password(),
    };
    let file = world.folder().join("out.p12");
    app.export_key(export, &file).await.unwrap();
    let bring = BringInput {
        password: password(),
        pin: secret(PIN),
        pin_again: secret(PIN),
    };
    let laptop = world.another_device("laptop");
    laptop.sign_in("wangmin", secret("ganjiang")).await.unwrap();
    let brought = laptop.bring_certificate(&file, bring).await.unwrap();
    sign(&world, &laptop, &brought, "别处.pdf").await;

    let log = synced(&app).await;
    let all = [
        SealUseKind::KeyExport,
        SealUseKind::ScanDigest,
        SealUseKind::ScanDocument,
        SealUseKind::Document,
    ];
    assert_eq!(kinds(&log.rows), all);
    let first = &log.rows[3];
    assert_eq!((&first.file_name, &first.sha256), (&signed.output_name, &signed.sha256));
    assert_eq!(first.owner_name, certificate.owner_name.clone().unwrap());
    assert_eq!(log.rows[1].file_name, task.name);
    assert_eq!(log.rows[1].sha256, task.sha256);
    assert_eq!(log.rows[0].file_name, "out.p12");
    assert_eq!((log.waiting, log.broken_from, log.seams.len()), (0, None, 0));
    assert!(log.rows.iter().all(|row| row.state == SealLogRowState::HandedIn));

    // Two devices of one account: two chains, one list.
    assert_eq!(synced(&laptop).await.rows.len(), 1, "each device has its own record");
    let rows = there(&app).await;
    assert_eq!(rows.len(), 5);
    assert!(rows.iter().all(|row| row.person == "王敏"));
    let staff = world.another_device("staff");
    staff.sign_in("liuyang", secret("ganjiang")).await.unwrap();
    assert!(there(&staff).await.is_empty(), "staff see their own");
    assert!(app.seal_log_doubts().await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn offline_they_wait_and_go_in_order_even_when_answers_are_lost() {
    let (world, app, proxy, certificate) = far().await;
    sign(&world, &app, &certificate, "一.pdf").await;
    assert_eq!(synced(&app).await.waiting, 0);
    proxy.spoil(Faults::away());
    for name in ["二.pdf", "三.pdf"] {
        sign(&world, &app, &certificate, name).await;
    }
    let waiting = here(&app).await;
    assert_eq!((waiting.count, waiting.waiting), (3, 2));
    let states: Vec<_> = waiting.rows.iter().map(|row| row.state).collect();
    use SealLogRowState::{HandedIn, Waiting};
    assert_eq!(states, [Waiting, Waiting, HandedIn]);
    assert_eq!(
        app.seal_log_there(SealLogQuery::default(), None)
            .await
            .unwrap_err()
            .code,
        FailureCode::Offline
    );

    // The platform takes them, and its answers are lost, each twice.
    drop(proxy.take_passed());
    let lost = Faults {
        percent: 100,
        most: 2,
        ..Faults::of(&[Fault::AnswerLost], 5)
    };
    proxy.spoil(lost);
    for _ in 0..10 {
        let _ = app.sync_now().await;
    }
    let sent = proxy.take_passed();
    let parts = sent.iter().filter(|one| one.call.starts_with("POST /v1/seal-log"));
    assert!(parts.count() > 2, "they were sent again");
    drop(app);
    proxy.spoil(Faults::none());
    let app = world.device_through("far", &proxy.base_url);
    app.sign_in("wangmin", secret("ganjiang")).await.unwrap();
    sign(&world, &app, &certificate, "四.pdf").await;
    assert_eq!(synced(&app).await.waiting, 0);
    let positions: Vec<u32> = there(&app).await.iter().map(|row| row.position).collect();
    assert_eq!(positions, [4, 3, 2, 1], "each once");
    assert!(app.seal_log_doubts().await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_was_changed_is_told_here_and_to_the_administrator() {
    let (world, app, proxy, certificate) = far().await;
    for name in ["一.pdf", "二.pdf"] {
        sign(&world, &app, &certificate, name).await;
    }
    assert_eq!(synced(&app).await.waiting, 0);
    drop(app);
    spoil(
        &world.folder().join("far/data"),
        "UPDATE seal_log SET text = replace(text, '二', '贰') WHERE position = 2",
    );
    let app = world.device_through("far", &proxy.base_url);
    app.sign_in("wangmin", secret("ganjiang")).await.unwrap();
    let log = here(&app).await;
    assert_eq!(log.broken_from, Some(2));
    let states: Vec<_> = log.rows.iter().map(|row| row.state).collect();
    assert_eq!(states, [SealLogRowState::Doubtful, SealLogRowState::HandedIn]);
    let todo = &app.home().await.unwrap().todos[0];
    assert_eq!(
        (todo.kind, todo.params["position"].as_str()),
        (TodoKind::SealLogBroken, "2")
    );

    sign(&world, &app, &certificate, "三.pdf").await;
    synced(&app).await;
    let rows = there(&app).await;
    assert_eq!(rows.len(), 3, "what follows is taken");
    assert!(
        rows[1].file_name.contains('二'),
        "the platform has what was written first"
    );
    let doubts = world.app.seal_log_doubts().await.unwrap();
    assert_eq!(
        (doubts.len(), doubts[0].broken_from, doubts[0].differs_from),
        (1, Some(2), None)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_set_back_to_an_older_copy_is_told_from_where_it_differs() {
    let (world, app, proxy, certificate) = far().await;
    sign(&world, &app, &certificate, "一.pdf").await;
    assert_eq!(synced(&app).await.waiting, 0);
    let data = world.folder().join("far/data");
    drop(app);
    let kept = world.folder().join("kept.sqlite");
    spoil(&data, &format!("VACUUM INTO '{}'", kept.display()));
    let app = world.device_through("far", &proxy.base_url);
    app.sign_in("wangmin", secret("ganjiang")).await.unwrap();
    sign(&world, &app, &certificate, "二.pdf").await;
    assert_eq!(synced(&app).await.waiting, 0);
    drop(app);
    // Once it could be opened again, nothing of its former life holds the file.
    drop(world.device_through("far", &proxy.base_url));
    for end in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(data.join(format!("ganjiang.sqlite{end}")));
    }
    std::fs::copy(&kept, data.join("ganjiang.sqlite")).unwrap();

    let app = world.device_through("far", &proxy.base_url);
    app.sign_in("wangmin", secret("ganjiang")).await.unwrap();
    sign(&world, &app, &certificate, "三.pdf").await;
    let log = synced(&app).await;
    let seam = SealLogSeamView { from: 2, there: 2 };
    assert_eq!((log.broken_from, log.waiting, log.seams), (None, 0, vec![seam]));
    assert!(log.rows.iter().all(|row| row.state == SealLogRowState::HandedIn));
    let todo = &app.home().await.unwrap().todos[0];
    assert_eq!(
        (todo.kind, todo.params["position"].as_str()),
        (TodoKind::SealLogDiffers, "2")
    );
    let rows = there(&app).await;
    // All at the same time: which comes first says nothing.
    let names = |rows: &[SealLogRowView]| -> BTreeSet<char> {
        let first = rows.iter().filter_map(|row| row.file_name.chars().next());
        first.collect()
    };
    assert_eq!(
        names(&rows),
        ['三', '二', '一'].into(),
        "what each life of the device signed is there"
    );
    let mut positions: Vec<u32> = rows.iter().map(|row| row.position).collect();
    positions.sort_unstable();
    assert_eq!(positions, [1, 1, 2]);
    let doubts = world.app.seal_log_doubts().await.unwrap();
    assert_eq!((doubts[0].differs_from, doubts[0].continued_after), (Some(2), Some(2)));
    assert_eq!(doubts.len(), 1, "the new chain is whole");

    // It goes on there.
    sign(&world, &app, &certificate, "四.pdf").await;
    assert_eq!(synced(&app).await.waiting, 0);
    assert_eq!(names(&there(&app).await), ['四', '三', '二', '一'].into());

    // The platform is set back too, to before all that: the new chain names the end that there is now.
    let forget = "PRAGMA busy_timeout = 5000; DELETE FROM seal_log_chains WHERE continues_chain IS NOT NULL;
                  DELETE FROM seal_log_entries WHERE file_name NOT LIKE '一%';
                  UPDATE seal_log_chains SET count = 1, hash = (SELECT hash FROM seal_log_entries)";
    let platform = rusqlite::Connection::open(world.folder().join("sandbox.sqlite")).unwrap();
    platform.execute_batch(forget).unwrap();
    sign(&world, &app, &certificate, "五.pdf").await;
    let log = synced(&app).await;
    assert_eq!((log.broken_from, log.waiting, log.failure.is_none()), (None, 0, true));
    assert_eq!(
        names(&there(&app).await),
        ['五', '四', '三', '一'].into(),
        "what this device still knows is there"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_platform_that_takes_it_for_another_device_gets_a_chain_of_its_own() {
    let (world, app, _proxy, certificate) = far().await;
    sign(&world, &app, &certificate, "一.pdf").await;
    assert_eq!(synced(&app).await.waiting, 0);
    rusqlite::Connection::open(world.folder().join("sandbox.sqlite"))
        .unwrap()
        .execute_batch("PRAGMA busy_timeout = 5000; UPDATE seal_log_chains SET device_key = x'04'")
        .unwrap();
    sign(&world, &app, &certificate, "二.pdf").await;
    let log = synced(&app).await;
    assert_eq!(
        (log.waiting, log.seams),
        (0, vec![SealLogSeamView { from: 2, there: 1 }])
    );
    assert!(log.failure.is_none());
    assert_eq!(there(&app).await.len(), 2);
    let doubts = world.app.seal_log_doubts().await.unwrap();
    assert_eq!((doubts[0].differs_from, doubts[0].continued_after), (None, Some(1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_looked_for_is_found_and_taken_along() {
    let (world, app, _proxy, certificate) = far().await;
    let personal = import_personal_certificate(&app, "王敏").await;
    sign(&world, &app, &certificate, "=标书,甲.pdf").await;
    let other = sign(&world, &app, &personal, "合同.pdf").await;
    synced(&app).await;
    let find = |text: &str| SealLogQuery {
        text: text.to_owned(),
        ..SealLogQuery::default()
    };
    for text in ["合同", "王敏", &other.sha256[..12], &other.sha256] {
        let found = app.seal_log_here(find(text), None, 10).await.unwrap();
        assert_eq!((found.total, found.count), (Some(1), 2), "{text}");
        let found = app.seal_log_there(find(text), None).await.unwrap();
        assert_eq!(found.rows.len(), 1, "{text}");
        assert_eq!(found.rows[0].sha256, other.sha256);
    }
    let later = SealLogQuery {
        from: Some("2999-01-01T00:00:00Z".to_owned()),
        ..SealLogQuery::default()
    };
    assert_eq!(app.seal_log_here(later, None, 10).await.unwrap().total, Some(0));
    let first = app.seal_log_here(SealLogQuery::default(), None, 1).await.unwrap();
    assert_eq!((first.rows[0].position, first.next, first.total), (2, Some(2), Some(2)));
    sign(&world, &app, &personal, "后来.pdf").await;
    let second = app.seal_log_here(SealLogQuery::default(), first.next, 1).await.unwrap();
    assert_eq!((second.rows[0].position, second.next, second.total), (1, None, None));
    let found = app.seal_log_here(find("后来"), None, 1).await.unwrap();
    assert_eq!(
        (found.rows.len(), found.next),
        (1, None),
        "no page follows that would be empty"
    );
    synced(&app).await;
    for source in [SealLogSource::Here, SealLogSource::There] {
        let path = world.folder().join("log.csv");
        app.export_seal_log(source, SealLogQuery::default(), &path)
            .await
            .unwrap();
        let table = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = table.trim_end().split("\r\n").collect();
        assert_eq!(lines.len(), 4);
        assert!(lines[0].starts_with("\u{feff}\"时间"), "{}", lines[0]);
        assert!(lines[2].contains(&other.sha256) && lines[2].contains("合同"));
        assert!(lines[3].contains("\"'=标书,甲"), "{}", lines[3]);
    }
}
