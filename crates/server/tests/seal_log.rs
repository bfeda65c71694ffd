//! The seal log: a device's chain is taken in order and once; what does not go on from it is not taken and stays known;
//! administrators see all of their enterprise, everybody else their own.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "helpers of tests fail by panicking and write scratch files"
)]

mod world;

use platform::client::{ClientError, PlatformClient};
use platform::wire::*;
use time::Duration;
use time::macros::datetime;
use uuid::Uuid;
use world::{Laptop, World, code, key, linked, used};

/// A chain as a device makes it.
struct Device {
    chain: Uuid,
    account: Uuid,
    before: [u8; 32],
    count: u64,
    continues: Option<SealLogHead>,
}

impl Device {
    async fn of(client: &PlatformClient) -> Self {
        Self {
            chain: Uuid::new_v4(),
            account: client.me().await.unwrap().id,
            before: [0; 32],
            count: 0,
            continues: None,
        }
    }

    /// A new chain of the same device, after the head of one that the platform told.
    fn after(&self, told: &SealLogChain) -> Self {
        Self {
            chain: Uuid::new_v4(),
            account: self.account,
            before: bytes_of(&told.hash),
            count: 0,
            continues: Some(SealLogHead {
                chain: told.id,
                count: told.count,
                hash: told.hash.clone(),
            }),
        }
    }

    /// A use of a key, a minute after the one before.
    fn uses(&mut self, name: &str) -> WrittenEntry {
        self.count += 1;
        let minutes = i64::try_from(self.count).unwrap();
        let entry = SealUse {
            at: datetime!(2026-11-22 08:00 UTC) + Duration::minutes(minutes),
            account: self.account,
            kind: SealUseKind::Document,
            file_name: name.to_owned(),
            sha256: format!("{:064x}", self.count),
            marks: 1,
            certificate: Uuid::from_u128(21),
            owner: "杭州云栖智能科技有限公司".to_owned(),
            serial: "5f".to_owned(),
            seals: Vec::new(),
        };
        self.before = seal_log_link(&self.before, &entry.written());
        let written = entry.written();
        WrittenEntry {
            written,
            hash: self.before.iter().map(|byte| format!("{byte:02x}")).collect(),
        }
    }

    async fn hands_in(
        &self,
        client: &PlatformClient,
        position: u64,
        entries: &[WrittenEntry],
    ) -> Result<SealLogChain, ClientError> {
        let part = SealLogPart {
            position,
            entries: entries.to_vec(),
            broken_from: None,
            continues: self.continues.clone(),
        };
        client.hand_in_seal_log(self.chain, &part, key()).await
    }
}

fn why(outcome: Result<SealLogChain, ClientError>) -> (ErrorCode, Vec<(String, String)>) {
    match outcome {
        Err(ClientError::Refused { code, params }) => (code, params.into_iter().collect()),
        other => panic!("{other:?}"),
    }
}

async fn names(client: &PlatformClient, wanted: &SealLogQuery) -> Vec<String> {
    let rows = client.seal_log(wanted).await.unwrap().rows;
    rows.into_iter().map(|row| row.used.file_name).collect()
}

#[tokio::test]
async fn a_chain_is_taken_in_order_and_once() {
    let world = World::start().await;
    let liuyang = world.sign_in("liuyang").await;
    let mut device = Device::of(&liuyang).await;
    let entries: Vec<_> = ["一.pdf", "二.pdf", "三.pdf"].map(|name| device.uses(name)).into();

    let gap = why(device.hands_in(&liuyang, 2, &entries[1..]).await);
    let expected = [("count", "0"), ("state", "gap")].map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(gap, (ErrorCode::Conflict, expected.to_vec()));
    assert!(
        liuyang.seal_log_chains().await.unwrap().is_empty(),
        "a refusal changes nothing"
    );

    let first = device.hands_in(&liuyang, 1, &entries[..2]).await.unwrap();
    assert_eq!((first.count, first.state), (2, SealLogState::Whole));
    // What overlaps is compared, what is new is taken; the same again changes nothing.
    let all = device.hands_in(&liuyang, 1, &entries).await.unwrap();
    assert_eq!((all.count, &all.hash), (3, &entries[2].hash));
    let again = device.hands_in(&liuyang, 2, &entries[1..]).await.unwrap();
    assert_eq!((again.count, again.state), (3, SealLogState::Whole));
    let rows = liuyang.seal_log(&SealLogQuery::default()).await.unwrap().rows;
    assert_eq!(rows.len(), 3);
    assert_eq!(
        (rows[0].position, &rows[0].entry),
        (3, &entries[2]),
        "as it was written"
    );
    assert_eq!(rows[0].person, "刘洋");
    let told = liuyang.changes(0, 100).await.unwrap().changes;
    let told = told.iter().filter(|change| change.subject == ChangeSubject::SealLog);
    assert_eq!(told.count(), 2, "news is told, repetitions are not");
}

#[tokio::test]
async fn a_changed_entry_and_a_fork_are_not_taken_and_stay_known() {
    let world = World::start().await;
    let liuyang = world.sign_in("liuyang").await;
    let wangmin = world.sign_in("wangmin").await;
    let mut device = Device::of(&liuyang).await;
    let entries: Vec<_> = ["一.pdf", "二.pdf", "三.pdf"].map(|name| device.uses(name)).into();
    device.hands_in(&liuyang, 1, &entries).await.unwrap();

    // The text was changed, the hash left as it was.
    let mut changed = entries.clone();
    changed[1].written = changed[1].written.replace("二", "两");
    let answer = device.hands_in(&liuyang, 1, &changed).await.unwrap();
    assert_eq!((answer.state, answer.differs_from), (SealLogState::Differs, Some(2)));
    // Hashes and all were made anew, from another first entry.
    let mut other = Device::of(&liuyang).await;
    other.chain = device.chain;
    let forged: Vec<_> = ["甲.pdf", "乙.pdf"].map(|name| other.uses(name)).into();
    let answer = other.hands_in(&liuyang, 1, &forged).await.unwrap();
    assert_eq!((answer.count, answer.differs_from), (3, Some(1)));
    // A fork: two go on from the same entry.
    let next = device.uses("四.pdf");
    let answer = device.hands_in(&liuyang, 4, std::slice::from_ref(&next)).await.unwrap();
    assert_eq!(
        (answer.count, answer.state),
        (4, SealLogState::Differs),
        "what goes on is taken all the same"
    );
    let before = [0; 32];
    let alien = linked(&before, &SealUse::read(&next.written).unwrap());
    let answer = device.hands_in(&liuyang, 5, &[alien]).await.unwrap();
    assert_eq!((answer.count, answer.differs_from), (4, Some(1)));

    let everything = SealLogQuery::default();
    assert_eq!(
        names(&wangmin, &everything).await,
        ["四.pdf", "三.pdf", "二.pdf", "一.pdf"]
    );
    let seen = wangmin.seal_log_chains().await.unwrap();
    assert_eq!((seen[0].state, seen[0].differs_from), (SealLogState::Differs, Some(1)));
    assert_eq!(seen[0].person, "刘洋");
}

#[tokio::test]
async fn a_chain_is_handed_in_by_its_device_alone() {
    let world = World::start().await;
    let on = async |number: u8| {
        let client = world.stranger();
        client.set_device(Laptop::number(number));
        client.sign_in("liuyang", "ganjiang").await.unwrap();
        client
    };
    let (own, other, keyless) = (on(1).await, on(2).await, world.sign_in("liuyang").await);
    let mut device = Device::of(&own).await;
    let first = device.uses("一.pdf");
    device.hands_in(&own, 1, std::slice::from_ref(&first)).await.unwrap();
    let second = device.uses("二.pdf");
    for stranger in [&other, &keyless] {
        for (position, entry) in [(1, &first), (2, &second)] {
            let (code, params) = why(device.hands_in(stranger, position, std::slice::from_ref(entry)).await);
            let told = [
                ("count", "1"),
                ("hash", first.hash.as_str()),
                ("state", "another_device"),
            ];
            let told = told.map(|(name, value)| (name.to_owned(), value.to_owned()));
            assert_eq!((code, params), (ErrorCode::Conflict, told.to_vec()));
        }
    }
    let again = on(1).await;
    let chain = device.hands_in(&again, 2, std::slice::from_ref(&second)).await.unwrap();
    assert_eq!(
        (chain.count, chain.state),
        (2, SealLogState::Whole),
        "nothing was held against it"
    );

    // Handed in before there was a key: it belongs to the first device that has one.
    let mut older = Device::of(&keyless).await;
    let entries: Vec<_> = ["甲.pdf", "乙.pdf"].map(|name| older.uses(name)).into();
    older.hands_in(&keyless, 1, &entries[..1]).await.unwrap();
    older.hands_in(&own, 1, &entries).await.unwrap();
    assert_eq!(code(older.hands_in(&other, 1, &entries).await), ErrorCode::Conflict);
    assert_eq!(code(older.hands_in(&keyless, 1, &entries).await), ErrorCode::Conflict);
}

#[tokio::test]
async fn a_device_that_was_set_back_goes_on_in_a_chain_that_names_the_old_ones_end() {
    let world = World::start().await;
    let (liuyang, wangmin) = (world.sign_in("liuyang").await, world.sign_in("wangmin").await);
    let mut device = Device::of(&liuyang).await;
    let entries: Vec<_> = ["一.pdf", "二.pdf", "三.pdf"].map(|name| device.uses(name)).into();
    let told = device.hands_in(&liuyang, 1, &entries[..1]).await.unwrap();
    assert_eq!(told.same_until, Some(1));
    // Set back to the first entry, another second one is written.
    let fork = linked(
        &bytes_of(&entries[0].hash),
        &SealUse::read(&entries[2].written).unwrap(),
    );
    device.hands_in(&liuyang, 2, &entries[1..]).await.unwrap();
    let told = device.hands_in(&liuyang, 2, std::slice::from_ref(&fork)).await.unwrap();
    assert_eq!((told.same_until, told.differs_from, told.count), (Some(1), Some(2), 3));
    assert_eq!(told.hash, entries[2].hash, "the head is told");

    let mut anew = device.after(&told);
    let moved = anew.uses("另一.pdf");
    let chain = anew.hands_in(&liuyang, 1, std::slice::from_ref(&moved)).await.unwrap();
    assert_eq!(
        (chain.count, chain.state, chain.same_until),
        (1, SealLogState::Whole, Some(1))
    );
    assert_eq!(chain.continues, anew.continues);
    let next = anew.uses("再.pdf");
    let chain = anew.hands_in(&liuyang, 1, &[moved.clone(), next]).await.unwrap();
    assert_eq!(
        (chain.count, chain.state),
        (2, SealLogState::Whole),
        "the answer was lost, it is sent again"
    );
    let seen = wangmin.seal_log_chains().await.unwrap();
    let states: std::collections::BTreeMap<_, _> =
        seen.iter().map(|one| (one.id, (one.state, one.differs_from))).collect();
    assert_eq!(
        states[&device.chain],
        (SealLogState::Differs, Some(2)),
        "the old one shows what happened"
    );
    assert_eq!(states[&anew.chain], (SealLogState::Whole, None));
    assert!(
        seen.iter()
            .any(|one| one.continues == anew.continues && one.same_until.is_none())
    );

    // Only what the platform has of this account can be named, and the first entry has to go on from it.
    let head = anew.continues.clone().unwrap();
    let wrong: [fn(&mut SealLogHead); 4] = [
        |head| head.hash = "00".repeat(32),
        |head| head.count += 1,
        |head| head.count = 0,
        |head| head.chain = Uuid::from_u128(1),
    ];
    for change in wrong {
        let mut changed = head.clone();
        change(&mut changed);
        let mut liar = device.after(&told);
        liar.continues = Some(changed.clone());
        let entry = liar.uses("一.pdf");
        let (code_told, params) = why(liar.hands_in(&liuyang, 1, std::slice::from_ref(&entry)).await);
        assert_eq!(code_told, ErrorCode::FieldInvalid);
        let end = params
            .iter()
            .find(|(name, _)| name == "count")
            .map(|(_, count)| count.as_str());
        assert_eq!(
            end,
            Some(if changed.chain == head.chain { "3" } else { "0" }),
            "the end there is, is told"
        );
        anew.continues = Some(changed);
        let outcome = anew.hands_in(&liuyang, 1, std::slice::from_ref(&moved)).await;
        assert_eq!(
            code(outcome),
            ErrorCode::FieldInvalid,
            "what a chain continues never changes"
        );
    }
    let mut others = Device::of(&wangmin).await;
    others.continues = Some(head.clone());
    let entry = others.uses("一.pdf");
    assert_eq!(
        code(others.hands_in(&wangmin, 1, &[entry]).await),
        ErrorCode::FieldInvalid
    );
    let mut loose = Device::of(&liuyang).await;
    loose.continues = Some(head);
    let entry = loose.uses("一.pdf");
    let answer = loose.hands_in(&liuyang, 1, &[entry]).await.unwrap();
    assert_eq!((answer.count, answer.state), (0, SealLogState::Differs));
}

fn bytes_of(hash: &str) -> [u8; 32] {
    let byte = |at: usize| u8::from_str_radix(&hash[2 * at..2 * at + 2], 16).unwrap();
    std::array::from_fn(byte)
}

#[tokio::test]
async fn what_a_device_found_broken_is_told_to_the_administrator() {
    let world = World::start().await;
    let liuyang = world.sign_in("liuyang").await;
    let me = liuyang.me().await.unwrap().id;
    let mut part = used(me, Uuid::from_u128(21));
    part.broken_from = Some(1);
    let chain = Uuid::new_v4();
    liuyang.hand_in_seal_log(chain, &part, key()).await.unwrap();
    part.broken_from = None;
    liuyang.hand_in_seal_log(chain, &part, key()).await.unwrap();
    let seen = world.sign_in("wangmin").await.seal_log_chains().await.unwrap();
    assert_eq!((seen[0].state, seen[0].broken_from), (SealLogState::Differs, Some(1)));
}

#[tokio::test]
async fn entries_are_checked_and_are_nobody_elses() {
    let world = World::start().await;
    let liuyang = world.sign_in("liuyang").await;
    let wangmin = world.sign_in("wangmin").await;
    let mut device = Device::of(&liuyang).await;
    let entry = device.uses("一.pdf");
    device
        .hands_in(&liuyang, 1, std::slice::from_ref(&entry))
        .await
        .unwrap();
    let foreign = device.hands_in(&wangmin, 1, std::slice::from_ref(&entry)).await;
    assert_eq!(code(foreign), ErrorCode::NotFound, "another's chain");
    let mut of_wangmin = Device::of(&wangmin).await;
    of_wangmin.account = device.account;
    let in_anothers_name = of_wangmin.uses("二.pdf");
    assert_eq!(
        code(of_wangmin.hands_in(&wangmin, 1, &[in_anothers_name]).await),
        ErrorCode::FieldInvalid
    );
    let wrong = |change: fn(&mut WrittenEntry)| {
        let mut entry = entry.clone();
        change(&mut entry);
        entry
    };
    let wrong = [
        wrong(|one| one.written = "{}".to_owned()),
        wrong(|one| one.hash = "00".to_owned()),
        wrong(|one| one.written = one.written.replace("document", "word_of_a_later_version")),
        wrong(|one| one.written = one.written.replace("一.pdf", "")),
        wrong(|one| one.written = one.written.replace("一.pdf", "\\u0000")),
        wrong(|one| one.written.push_str(&" ".repeat(20_000))),
    ];
    for entry in wrong {
        let outcome = device.hands_in(&liuyang, 1, std::slice::from_ref(&entry)).await;
        assert_eq!(code(outcome), ErrorCode::FieldInvalid, "{entry:?}");
    }
    assert_eq!(
        code(device.hands_in(&liuyang, 0, &[entry]).await),
        ErrorCode::FieldInvalid
    );
    assert_eq!(code(device.hands_in(&liuyang, 1, &[]).await), ErrorCode::FieldInvalid);
    let chains = liuyang.seal_log_chains().await.unwrap();
    assert_eq!((chains.len(), chains[0].state), (1, SealLogState::Whole));
}

#[tokio::test]
async fn the_list_is_paged_by_key_and_searched_and_each_sees_their_own() {
    let world = World::start().await;
    let liuyang = world.sign_in("liuyang").await;
    let wangmin = world.sign_in("wangmin").await;
    let mut device = Device::of(&liuyang).await;
    let entries: Vec<_> = (1..=120)
        .map(|number| device.uses(&format!("标书{number}.pdf")))
        .collect();
    device.hands_in(&liuyang, 1, &entries).await.unwrap();
    let mut other = Device::of(&wangmin).await;
    let own = other.uses("合同_100%.pdf");
    other.hands_in(&wangmin, 1, &[own]).await.unwrap();

    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let wanted = SealLogQuery {
            after,
            limit: Some(50),
            ..SealLogQuery::default()
        };
        let page = wangmin.seal_log(&wanted).await.unwrap();
        seen.extend(page.rows.into_iter().map(|row| (row.chain, row.position)));
        // What comes meanwhile does not move what follows.
        if seen.len() == 50 {
            let late = other.uses("后来.pdf");
            other.hands_in(&wangmin, 2, &[late]).await.unwrap();
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let distinct: std::collections::BTreeSet<_> = seen.iter().collect();
    assert!(
        distinct.len() == seen.len() && (121..=122).contains(&seen.len()),
        "{}",
        seen.len()
    );

    let find = |q: &str| SealLogQuery {
        q: Some(q.to_owned()),
        ..SealLogQuery::default()
    };
    assert_eq!(
        names(&wangmin, &find("合同_100%")).await,
        ["合同_100%.pdf"],
        "taken literally"
    );
    assert_eq!(names(&wangmin, &find("标书77.")).await, ["标书77.pdf"]);
    assert_eq!(
        names(&wangmin, &find(&format!("{:064X}", 5))).await,
        ["标书5.pdf"],
        "by the whole SHA-256"
    );
    assert!(names(&liuyang, &find("合同")).await.is_empty(), "staff see their own");
    let of_wangmin = SealLogQuery {
        account: Some(other.account),
        ..SealLogQuery::default()
    };
    assert_eq!(names(&wangmin, &of_wangmin).await.len(), 2);
    assert!(
        !names(&liuyang, &of_wangmin)
            .await
            .iter()
            .any(|name| name.contains("合同"))
    );
    let hour = SealLogQuery {
        from: Some(datetime!(2026-11-22 08:03 UTC)),
        until: Some(datetime!(2026-11-22 08:05 UTC)),
        certificate: Some(Uuid::from_u128(21)),
        ..SealLogQuery::default()
    };
    assert_eq!(names(&wangmin, &hour).await, ["标书4.pdf", "标书3.pdf"]);
    let nonsense = SealLogQuery {
        after: Some("later".to_owned()),
        ..SealLogQuery::default()
    };
    assert_eq!(code(wangmin.seal_log(&nonsense).await), ErrorCode::Malformed);
    assert_eq!(liuyang.seal_log_chains().await.unwrap().len(), 1);
    assert_eq!(wangmin.seal_log_chains().await.unwrap().len(), 2);
}
