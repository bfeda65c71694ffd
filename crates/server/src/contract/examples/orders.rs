//! Examples: what is bought, paid and invoiced, and the change feed.

use platform::wire::{
    ArrivedPayment, BillingTitle, Change, ChangePage, ChangeSubject, Invoice, InvoiceKind, InvoiceRequest,
    InvoiceState, NewBillingTitle, NewOrder, NewRemittingAccount, Order, OrderChange, OrderPage, Package, Payment,
    PaymentState, ReceivingAccount, RemittingAccount, RemittingAccountKind,
};
use time::Duration;

use super::people::enterprise;
use super::{Examples, NOW, id};

fn title() -> BillingTitle {
    BillingTitle {
        id: id(11),
        fields: NewBillingTitle {
            name: enterprise().name,
            tax_number: enterprise().credit_code,
            address: "杭州市西湖区文三路 90 号".to_owned(),
            phone: "0571-88888888".to_owned(),
            bank: "中国银行杭州分行".to_owned(),
            account: "3301040160000123".to_owned(),
        },
    }
}

fn remitting_account() -> RemittingAccount {
    RemittingAccount {
        id: id(12),
        fields: NewRemittingAccount {
            kind: RemittingAccountKind::Company,
            holder: enterprise().name,
            bank: "中国银行杭州分行".to_owned(),
            account: "3301040160000123".to_owned(),
        },
    }
}

fn package() -> Package {
    Package {
        id: id(13),
        name: "数字证书标准套餐（一年）".to_owned(),
        price_fen: 30_000,
        enterprise_certificates: 1,
        personal_certificates: 2,
        months: 12,
    }
}

pub(super) fn order() -> Order {
    Order {
        id: id(14),
        number: "GJ2026112240719358".to_owned(),
        package: package(),
        quantity: 2,
        amount_fen: 60_000,
        placed_at: NOW,
        receiving: ReceivingAccount {
            bank: "中国工商银行杭州西湖支行".to_owned(),
            holder: "干将签章平台（演示）".to_owned(),
            account: "1202204719358206417".to_owned(),
        },
        payment: Payment {
            state: PaymentState::WrongAmount,
            arrived: Some(ArrivedPayment {
                amount_fen: 59_900,
                payer_name: enterprise().name,
                payer_account: "3301040160000123".to_owned(),
                at: NOW + Duration::hours(2),
            }),
        },
        invoice_state: InvoiceState::NotIssued,
        title: title(),
        remitting_account: remitting_account(),
    }
}

pub(super) fn invoice() -> Invoice {
    Invoice {
        id: id(15),
        order_id: id(14),
        order_number: order().number,
        state: InvoiceState::Issued,
        kind: InvoiceKind::FullyDigital,
        code: None,
        number: Some("26332204719358206417".to_owned()),
        requested_at: NOW + Duration::days(1),
        issued_at: Some(NOW + Duration::days(2)),
        net_fen: 56_604,
        tax_fen: 3_396,
        title_name: enterprise().name,
        tax_number: enterprise().credit_code,
        payer_name: enterprise().name,
        payer_account: "3301040160000123".to_owned(),
        transferred_at: Some(NOW + Duration::hours(2)),
        link: Some(
            "https://platform.example/files/invoices/01935f1e-0000-7000-8000-00000000000f/1800000000/5c1f…".to_owned(),
        ),
        link_expires_at: Some(NOW + Duration::days(31)),
    }
}

pub(super) fn add(examples: &mut Examples) {
    examples.add(&title());
    examples.add(&title().fields);
    examples.add(&remitting_account());
    examples.add(&remitting_account().fields);
    examples.add(&package());
    examples.add(&NewOrder {
        package_id: package().id,
        quantity: 2,
        title_id: title().id,
        account_id: remitting_account().id,
    });
    examples.add(&OrderChange {
        quantity: 1,
        title_id: title().id,
        account_id: remitting_account().id,
    });
    examples.add(&order());
    examples.add(&OrderPage {
        rows: vec![order()],
        next: Some("1795334400000:GJ2026112200000001".to_owned()),
    });
    examples.add(&invoice());
    examples.add(&InvoiceRequest {
        kind: InvoiceKind::VatElectronic,
    });
    examples.add(&ChangePage {
        changes: vec![Change {
            cursor: 41,
            subject: ChangeSubject::Order,
            subject_id: order().id,
            at: NOW,
        }],
        next: 41,
        more: false,
        epoch: "8f1c2f0e7a5b4c0c9c61b0a7a8a5d0f3".to_owned(),
        mark: "5d2f6a1b0c9e8d7f".to_owned(),
    });
}
