//! Two devices of one account, thousands of random steps, every kind of fault: in the end both have what the platform
//! has, every addition is there once and every accepted change was made once.
//!
//! The suite takes 150 steps; `GANJIANG_STEPS=10000` as many as it says, `GANJIANG_SEED` another story.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test stops at the first thing that is not as it should be, reads its own switches and prints figures"
)]

use app::App;
use app::view::*;
use platform::client::PlatformClient;
use platform::wire::ChangeSubject;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use testkit::faults::{ALL_FAULTS, FaultProxy, Faults};
use testkit::story::{all_orders, pay_for, secret};
use testkit::world::World;
use uuid::Uuid;

fn switch(name: &str, usual: u64) -> u64 {
    let set = std::env::var(name).ok();
    set.and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// SplitMix64: the same story for the same seed.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut number = self.0;
        number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((number ^ (number >> 31)) % end as u64).unwrap()
    }
}

struct Device {
    name: &'static str,
    app: App,
    proxy: FaultProxy,
}

/// What must have come of it.
#[derive(Default)]
struct Model {
    added: BTreeSet<String>,
    /// Title and text of every change that was accepted or waits.
    changes: BTreeMap<String, String>,
    orders: u64,
    markers: u64,
}

struct Story {
    world: World,
    devices: [Device; 2],
    model: Model,
    chance: Chance,
    account: AccountView,
    account_id: String,
}

impl Story {
    async fn begin(seed: u64) -> Self {
        let world = World::signed_in("wangmin").await;
        pay_for(&world.app, world.folder(), 1).await;
        let session = world.app.session_state().await.unwrap();
        let billing = world.app.billing().await.unwrap();
        let devices = [Self::device(&world, "desk").await, Self::device(&world, "laptop").await];
        Self {
            devices,
            model: Model::default(),
            chance: Chance(seed),
            account: session.account.unwrap(),
            account_id: billing.accounts[0].id.clone(),
            world,
        }
    }

    async fn device(world: &World, name: &'static str) -> Device {
        let proxy = FaultProxy::before(&world.server.base_url).await;
        let app = world.device_through(name, &proxy.base_url);
        app.sign_in("wangmin", secret("ganjiang")).await.unwrap();
        Device { name, app, proxy }
    }

    async fn step(&mut self) {
        let which = self.chance.below(2);
        match self.chance.below(16) {
            0 | 1 => self.add_title(which).await,
            2..=6 => self.change_title(which).await,
            7 => self.place_order(which).await,
            8 | 9 => self.cancel_order(which).await,
            10 | 11 => self.weather(which),
            12 | 13 => drop(self.devices[which].app.sync_now().await),
            14 => self.decide(which).await,
            _ => self.restart(which).await,
        }
    }

    fn weather(&mut self, which: usize) {
        let seed = self.chance.below(1_000_000) as u64;
        let faults = match self.chance.below(4) {
            0 => Faults::none(),
            1 => Faults::away(),
            _ => Faults::of(&ALL_FAULTS, seed),
        };
        self.devices[which].proxy.spoil(faults);
    }

    fn marker(&mut self) -> String {
        self.model.markers += 1;
        format!("第 {} 号", self.model.markers)
    }

    fn title(&self, id: Option<String>, address: &str) -> BillingTitleInput {
        BillingTitleInput {
            id,
            name: self.account.enterprise_name.clone(),
            tax_number: self.account.enterprise_credit_code.clone(),
            address: address.to_owned(),
            phone: String::new(),
            bank: String::new(),
            account: String::new(),
        }
    }

    async fn add_title(&mut self, which: usize) {
        let marker = self.marker();
        let input = self.title(None, &marker);
        accepted(self.devices[which].app.save_billing_title(input).await);
        self.model.added.insert(marker);
    }

    async fn change_title(&mut self, which: usize) {
        let titles = self.devices[which].app.billing().await.unwrap().titles;
        let title = titles[self.chance.below(titles.len())].id.clone();
        let marker = self.marker();
        let input = self.title(Some(title.clone()), &marker);
        accepted(self.devices[which].app.save_billing_title(input).await);
        self.model.changes.insert(marker, title);
    }

    async fn place_order(&mut self, which: usize) {
        let app = &self.devices[which].app;
        let titles = app.billing().await.unwrap().titles;
        let order = OrderInput {
            idempotency_key: Uuid::new_v4().to_string(),
            package_id: app.packages().await.unwrap()[0].id.clone(),
            quantity: 1,
            title_id: titles[0].id.clone(),
            account_id: self.account_id.clone(),
        };
        if accepted(app.place_order(order).await) {
            self.model.orders += 1;
        }
    }

    async fn cancel_order(&mut self, which: usize) {
        let app = &self.devices[which].app;
        let orders = orders(app, Some(PaymentState::Unpaid)).await;
        if orders.is_empty() {
            return;
        }
        let order = &orders[self.chance.below(orders.len())];
        accepted(app.cancel_order(&order.id).await);
    }

    async fn decide(&mut self, which: usize) {
        let app = &self.devices[which].app;
        for entry in app.outbox().await.unwrap().entries {
            match entry.state {
                OutboxEntryState::Waiting => {}
                OutboxEntryState::Conflict if entry.can_keep && self.chance.below(2) == 0 => {
                    // What fails now stays in the outbox.
                    let _ = app.keep_outbox_entry(&entry.id).await;
                }
                OutboxEntryState::Conflict | OutboxEntryState::Refused => {
                    app.discard_outbox_entry(&entry.id).await.unwrap();
                    if entry.deed == OutboxDeed::ChangeTitle {
                        let mine = entry.differences.iter().find(|one| one.field == "address");
                        self.model.changes.remove(&mine.unwrap().mine).unwrap();
                    }
                }
            }
        }
    }

    /// The program ends and starts again; signing in needs a network.
    async fn restart(&mut self, which: usize) {
        let device = &mut self.devices[which];
        device.proxy.spoil(Faults::none());
        let lone = self.world.device_through("waiting room", &device.proxy.base_url);
        drop(std::mem::replace(&mut device.app, lone));
        device.app = self.world.device_through(device.name, &device.proxy.base_url);
        device.app.sign_in("wangmin", secret("ganjiang")).await.unwrap();
    }

    async fn end(&mut self) {
        for device in &self.devices {
            device.proxy.spoil(Faults::none());
        }
        for _ in 0..100 {
            for which in [0, 1] {
                self.devices[which].app.sync_now().await.unwrap();
                self.decide(which).await;
            }
            let mut left = 0;
            for device in &self.devices {
                device.app.sync_now().await.unwrap();
                left += device.app.outbox().await.unwrap().entries.len();
            }
            if left == 0 {
                return self.devices[0].app.sync_now().await.map(drop).unwrap();
            }
        }
        panic!("the outboxes do not become empty");
    }

    async fn compare(&self) {
        let server = &self.world.server;
        let platform = PlatformClient::new(&server.base_url, server.sandbox_token.clone()).unwrap();
        platform.sign_in("wangmin", "ganjiang").await.unwrap();
        let titles = platform.billing_titles().await.unwrap();
        assert_eq!(titles.len(), self.model.added.len() + 1, "every title was added once");
        let told = told(&platform).await;
        for title in &titles {
            let id = title.id.to_string();
            let changes = self.model.changes.values().filter(|one| **one == id).count();
            let times = told.get(&(ChangeSubject::BillingTitle, title.id)).copied().unwrap_or(0);
            assert_eq!(times, changes + 1, "{title:?}: made, and changed as often as accepted");
        }
        let placed = all_orders(&platform).await.len() as u64;
        assert_eq!(placed, self.model.orders + 1, "every order was placed once");
        let there: Vec<String> = titles.iter().map(|title| title.fields.address.clone()).collect();
        for device in &self.devices {
            let here = device.app.billing().await.unwrap().titles;
            let here: Vec<String> = here.into_iter().map(|title| title.address).collect();
            assert_eq!(here, there, "{}", device.name);
            let closed = orders(&device.app, Some(PaymentState::Closed)).await;
            let all = orders(&device.app, None).await;
            assert_eq!(all.len() as u64, placed.min(1000), "{}", device.name);
            for order in closed {
                let id = order.id.parse().unwrap();
                assert_eq!(
                    told.get(&(ChangeSubject::Order, id)),
                    Some(&2),
                    "placed and cancelled once"
                );
            }
        }
    }
}

async fn told(platform: &PlatformClient) -> HashMap<(ChangeSubject, Uuid), usize> {
    let (mut after, mut told) = (0, HashMap::new());
    loop {
        let page = platform.changes(after, 500).await.unwrap();
        for change in &page.changes {
            *told.entry((change.subject, change.subject_id)).or_default() += 1;
        }
        after = page.next;
        if !page.more {
            return told;
        }
    }
}

async fn orders(app: &App, state: Option<PaymentState>) -> Vec<OrderView> {
    let query = OrderQuery {
        text: String::new(),
        state,
        sort: OrderSort::Number,
        descending: false,
        offset: 0,
        limit: 1000,
    };
    app.orders(query).await.unwrap().rows
}

/// Done, or kept to be done; what was cancelled twice is refused.
fn accepted<T: std::fmt::Debug>(outcome: Result<T, FailureView>) -> bool {
    match outcome {
        Ok(_) => true,
        Err(failure) => match failure.code {
            FailureCode::Queued | FailureCode::Conflict => true,
            FailureCode::OrderNotEditable => false,
            _ => panic!("{failure:?}"),
        },
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_devices_converge_after_any_story() {
    let (steps, seed) = (switch("GANJIANG_STEPS", 150), switch("GANJIANG_SEED", 1));
    let mut story = Story::begin(seed).await;
    for done in 1..=steps {
        story.step().await;
        if done % 500 == 0 {
            story.end().await;
            story.compare().await;
            println!(
                "{done} steps: {} titles, {} orders",
                story.model.added.len(),
                story.model.orders
            );
        }
    }
    story.end().await;
    story.compare().await;
}

/// A week without the platform: `GANJIANG_QUEUED=5000` things wait, the suite takes 60.
#[tokio::test(flavor = "multi_thread")]
async fn a_week_of_work_is_sent_in_order_when_the_platform_is_back() {
    let queued = switch("GANJIANG_QUEUED", 60);
    let mut story = Story::begin(2).await;
    for _ in 0..10 {
        story.add_title(0).await;
    }
    story.devices[0].proxy.spoil(Faults::away());
    for _ in 0..queued {
        match story.chance.below(10) {
            0 => story.add_title(0).await,
            _ => story.change_title(0).await,
        }
    }
    assert_eq!(u64::from(story.devices[0].app.outbox().await.unwrap().waiting), queued);
    story.world.clock.turn(time::Duration::days(7));
    let device = &story.devices[0];
    let _ = device.proxy.take_passed();
    device.proxy.spoil(Faults::none());
    let begun = std::time::Instant::now();
    device.app.sign_in("wangmin", secret("ganjiang")).await.unwrap();
    let took = begun.elapsed();
    let left = device.app.outbox().await.unwrap();
    assert_eq!(left.waiting + left.stopped, 0, "{left:?}");
    let sent = device
        .proxy
        .take_passed()
        .iter()
        .filter(|one| one.key.is_some())
        .count();
    assert_eq!(sent as u64, queued, "each was sent once");
    println!("{queued} queued changes drained in {took:.1?}");
    let other = &story.devices[1].app;
    other.sign_in("wangmin", secret("ganjiang")).await.unwrap();
    story.end().await;
    story.compare().await;
}
