// Asking for an order's invoice: whose name is on it, how much, and which of the two kinds.
import { SegmentedControl } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { commands, type InvoiceChoice, type OrderView } from "../bindings";
import { call } from "../bridge/failure";
import { yuan } from "../format/figures";
import { FormDialog } from "../parts/Dialogs";
import { useTranslation } from "../words/words";

/** The newer kind first: it is what the platform issues by itself. */
const kinds: readonly InvoiceChoice[] = ["fully_digital", "vat_electronic"];

type Props = { order: OrderView; onClose: () => void; onAsked: (order: OrderView) => void };

export function InvoiceDialog({ order, onClose, onAsked }: Props) {
  const { t } = useTranslation();
  const [kind, setKind] = useState<InvoiceChoice>("fully_digital");
  const ask = useMutation({
    mutationFn: () => call(commands.requestInvoice(order.id, kind)),
    onSuccess: (changed) => {
      onAsked(changed);
      onClose();
    },
  });
  return (
    <FormDialog
      title={t("order.requestInvoice")}
      opened
      onClose={onClose}
      onSubmit={() => ask.mutate()}
      submit={t("order.requestInvoice")}
      busy={ask.isPending}
      error={ask.error}
    >
      <dl className="facts">
        <dt>{t("invoices.title_name")}</dt>
        <dd>
          <span className="breaks">{order.title.name}</span>
        </dd>
        <dt>{t("order.taxNumber")}</dt>
        <dd className="mono">{order.title.tax_number}</dd>
        <dt>{t("invoices.total")}</dt>
        <dd>{t("common.yuan", { amount: yuan(order.amount_fen) })}</dd>
      </dl>
      <div className="stack tight" data-testid="invoice-kind">
        <p className="small sub">{t("order.invoiceKind")}</p>
        <SegmentedControl
          fullWidth
          aria-label={t("order.invoiceKind")}
          value={kind}
          data={kinds.map((one) => ({ value: one, label: t(`invoices.kind.${one}`) }))}
          onChange={(chosen) => setKind(kinds.find((one) => one === chosen) ?? "fully_digital")}
        />
        <p className="small">{t(`order.invoiceKindHint.${kind}`)}</p>
      </div>
      <p className="small muted">{t("order.invoiceFinal")}</p>
    </FormDialog>
  );
}
