//! What an invoice looks like on paper: both kinds with the fields they have.

use platform::wire::{Invoice, InvoiceKind};
use time::{OffsetDateTime, UtcOffset};

use crate::paper::{self, Line};
use crate::routes::invoices::TAX_PERCENT;

/// The invoice as PDF.
pub(crate) fn drawn(invoice: &Invoice) -> Vec<u8> {
    let mut lines = vec![
        Line::centred(100.0, 20.0, title(invoice.kind)),
        Line::centred(126.0, 10.5, "演示平台开具，不能用于报销和抵扣"),
    ];
    for (at, (name, value)) in (0_u8..).zip(fields(invoice)) {
        lines.push(Line::at(
            80.0,
            170.0 + 30.0 * f64::from(at),
            12.0,
            format!("{name}：{value}"),
        ));
    }
    paper::page(&lines)
}

fn title(kind: InvoiceKind) -> &'static str {
    match kind {
        InvoiceKind::VatElectronic => "浙江增值税电子普通发票",
        InvoiceKind::FullyDigital | InvoiceKind::Unknown => "电子发票（普通发票）",
    }
}

/// Names and values in their order; 发票代码 stands only on the older kind.
fn fields(invoice: &Invoice) -> Vec<(&'static str, String)> {
    let issued = invoice.issued_at.map(day_in_beijing).unwrap_or_default();
    let transferred = invoice.transferred_at.map(day_in_beijing).unwrap_or_default();
    let code = invoice.code.iter().map(|code| ("发票代码", code.clone()));
    let rest = [
        ("发票号码", invoice.number.clone().unwrap_or_default()),
        ("开票日期", issued),
        ("购买方名称", invoice.title_name.clone()),
        ("购买方纳税人识别号", invoice.tax_number.clone()),
        ("项目名称", "*信息技术服务*数字证书服务费".to_owned()),
        ("不含税额", yuan(invoice.net_fen)),
        ("税额", format!("{}（税率 {TAX_PERCENT}%）", yuan(invoice.tax_fen))),
        ("价税合计", yuan(invoice.net_fen + invoice.tax_fen)),
        ("转出账户名", invoice.payer_name.clone()),
        ("转出账号", invoice.payer_account.clone()),
        ("转账时间", transferred),
        ("订单号", invoice.order_number.clone()),
        ("销售方名称", "干将签章平台（演示）".to_owned()),
    ];
    code.chain(rest).collect()
}

fn day_in_beijing(at: OffsetDateTime) -> String {
    let day = at
        .to_offset(UtcOffset::from_hms(8, 0, 0).unwrap_or(UtcOffset::UTC))
        .date();
    format!("{} 年 {:02} 月 {:02} 日", day.year(), u8::from(day.month()), day.day())
}

fn yuan(fen: i64) -> String {
    format!("¥{}.{:02}", fen / 100, fen % 100)
}
