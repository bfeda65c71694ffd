// Invoices: what was issued, and its file, link and QR code.
import { Button, Modal } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { commands, type InvoiceView } from "../bindings";
import { call } from "../bridge/failure";
import { drawing } from "../bridge/pictures";
import { useInvoices } from "../bridge/queries";
import { accountTail, yuan } from "../format/figures";
import { day, minute } from "../format/time";
import { CopyButton, Head, InvoiceTag, SavedNote, Tag } from "../parts/Pieces";
import { Asked, Empty, FailureNote } from "../parts/States";
import { useTranslation } from "../words/words";

export function Invoices() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const query = useInvoices();
  return (
    <>
      <Head title={t("invoices.title")} sub={t("invoices.sub")} testId="invoices" />
      <Asked query={query}>
        {(list) =>
          list.length === 0 ? (
            <section className="card">
              <Empty title={t("invoices.empty")} hint={t("invoices.emptyHint")}>
                <Button onClick={() => void navigate("/orders")}>{t("invoices.goOrders")}</Button>
              </Empty>
            </section>
          ) : (
            <div className="stack">
              {list.map((one) => (
                <Invoice key={one.id} invoice={one} />
              ))}
            </div>
          )
        }
      </Asked>
    </>
  );
}

function Invoice({ invoice }: { invoice: InvoiceView }) {
  const { t } = useTranslation();
  const [qr, setQr] = useState(false);
  const save = useMutation({ mutationFn: () => call(commands.saveInvoice(invoice.id)) });
  const issued = invoice.state === "issued";
  return (
    <article className="card stack" data-testid={`invoice-${invoice.order_number}`}>
      <div className="row between">
        <div className="breaks">
          <h2>
            {invoice.title_name} <InvoiceTag state={invoice.state} />{" "}
            <Tag tone="calm">{t(`invoices.kind.${invoice.kind}`)}</Tag>
          </h2>
          <p className="small sub">
            {t("invoices.order")} <Link to={`/orders/${invoice.order_id}`}>{invoice.order_number}</Link>
          </p>
        </div>
        <p className="big" style={{ whiteSpace: "nowrap" }}>
          {t("common.yuan", { amount: yuan(invoice.net_fen + invoice.tax_fen) })}
        </p>
      </div>
      {issued ? <Particulars invoice={invoice} /> : <p className="sub">{t("invoices.pending")}</p>}
      {issued && (
        <div className="buttons">
          <Button
            size="compact-sm"
            data-testid={`save-invoice-${invoice.order_number}`}
            loading={save.isPending}
            onClick={() => save.mutate()}
          >
            {t("invoices.download")}
          </Button>
          {invoice.link && <CopyButton text={invoice.link} label={t("invoices.copyLink")} />}
          {invoice.link_qr_svg && (
            <Button size="compact-sm" variant="default" onClick={() => setQr(true)}>
              {t("invoices.qr")}
            </Button>
          )}
        </div>
      )}
      {save.data && <SavedNote saved={save.data} />}
      {save.isError && <FailureNote error={save.error} onRetry={() => save.mutate()} />}
      {invoice.link_qr_svg && (
        <Modal
          opened={qr}
          onClose={() => setQr(false)}
          title={<strong>{t("invoices.qr")}</strong>}
          size={300}
          closeButtonProps={{ "aria-label": t("common.close") }}
        >
          <img className="qr" src={drawing(invoice.link_qr_svg)} width={240} height={240} alt={t("invoices.qr")} />
        </Modal>
      )}
    </article>
  );
}

function Particulars({ invoice }: { invoice: InvoiceView }) {
  const { t } = useTranslation();
  const rows: [string, string | null][] = [
    [t("invoices.code"), invoice.kind === "vat_electronic" ? invoice.code : null],
    [t("invoices.number"), invoice.number],
    [t("invoices.issuedAt"), invoice.issued_at && day(invoice.issued_at)],
    [t("invoices.net"), yuan(invoice.net_fen)],
    [t("invoices.tax"), yuan(invoice.tax_fen)],
    [t("invoices.payerName"), invoice.payer_name],
    [t("invoices.payerAccount"), invoice.payer_account && accountTail(invoice.payer_account)],
    [t("invoices.transferredAt"), invoice.transferred_at && minute(invoice.transferred_at)],
  ];
  return (
    <div style={{ display: "grid", gridTemplateColumns: "repeat(auto-fill, minmax(190px, 1fr))", gap: "6px 18px" }}>
      {rows
        .filter(([, value]) => value)
        .map(([name, value]) => (
          <div key={name} className="breaks">
            <span className="small muted">{name}</span>
            <br />
            {value}
          </div>
        ))}
    </div>
  );
}
