// One order: where to pay, what arrived, what to do next.
import { Button, NumberInput } from "@mantine/core";
import { type UseMutationResult, useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { commands, type OrderChangeInput, type OrderView, type TransferCase } from "../bindings";
import { call } from "../bridge/failure";
import { keys } from "../bridge/keys";
import { useBilling, useOrder, useSession } from "../bridge/queries";
import { accountTail, groupedAccount, plainYuan, yuan } from "../format/figures";
import { minute } from "../format/time";
import { FormDialog } from "../parts/Dialogs";
import { CopyButton, Head, InvoiceTag, PaymentTag } from "../parts/Pieces";
import { Asked, FailureNote, Waiting } from "../parts/States";
import { useTranslation } from "../words/words";
import { InvoiceDialog } from "./InvoiceDialog";
import { BillingPick } from "./Purchase";

export function Order() {
  const { id = "" } = useParams();
  const query = useOrder(id);
  return <Asked query={query}>{(order) => <Body order={order} />}</Asked>;
}

type Change<T> = UseMutationResult<OrderView, Error, T>;

/** Sends a change and keeps the core's answer as the order. */
function useOrderChange<T>(id: string, send: (input: T) => Promise<OrderView>, onDone?: () => void): Change<T> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: send,
    onSuccess: (order) => {
      client.setQueryData(keys.order(id), order);
      onDone?.();
    },
  });
}

function Body({ order }: { order: OrderView }) {
  const { t } = useTranslation();
  const session = useSession();
  const [dialog, setDialog] = useState<"edit" | "cancel" | null>(null);
  const close = () => setDialog(null);
  return (
    <>
      <Head
        title={t("order.fee", { amount: yuan(order.amount_fen) })}
        tag={<PaymentTag state={order.payment_state} />}
        testId="order"
        crumb={
          <>
            <Link to="/orders">{t("orders.title")}</Link> / <span data-testid="order-number">{order.number}</span>
          </>
        }
      >
        {order.can_edit && (
          <Button variant="default" data-testid="order-edit" onClick={() => setDialog("edit")}>
            {t("order.edit")}
          </Button>
        )}
        {order.can_cancel && (
          <Button variant="default" data-testid="order-cancel" onClick={() => setDialog("cancel")}>
            {t("order.cancel")}
          </Button>
        )}
      </Head>
      <Steps order={order} />
      <div className={goesOn(order) ? "two even" : undefined} style={{ gridTemplateColumns: "1.6fr 1fr" }}>
        <section className="card">
          <Standing order={order} />
        </section>
        {goesOn(order) && (
          <aside className="card stack">
            <Afterwards order={order} />
          </aside>
        )}
      </div>
      {session.data?.sandbox && awaited(order) && <Bank order={order} />}
      <Particulars order={order} />
      {dialog === "edit" && <EditDialog order={order} onClose={close} />}
      {dialog === "cancel" && <CancelDialog order={order} onClose={close} />}
    </>
  );
}

/** Whether money is still expected for it. */
function awaited({ payment_state }: OrderView): boolean {
  return payment_state === "unpaid" || payment_state === "wrong_amount" || payment_state === "wrong_payer";
}

/** Whether anything follows: neither closed nor given back. */
function goesOn(order: OrderView): boolean {
  return order.payment_state === "paid" || awaited(order);
}

/** How far the order has come: 0 placed … 4 assigning; what is now is drawn in seal red. */
export function stepOf(order: Pick<OrderView, "payment_state" | "invoice_state">): number {
  if (order.payment_state !== "paid") return 1;
  return order.invoice_state === "issued" ? 4 : 3;
}

function Steps({ order }: { order: OrderView }) {
  const { t } = useTranslation();
  if (!goesOn(order)) return null;
  const now = stepOf(order);
  const names = [
    t("order.step.placed"),
    t("order.step.transfer"),
    t("order.step.arrived"),
    t("order.step.invoice"),
    t("order.step.assign"),
  ];
  return (
    <ol className="steps" aria-label={t("order.steps")}>
      {names.map((name, index) => (
        <li
          key={name}
          className={index < now ? "done" : index === now ? "now" : ""}
          aria-current={index === now ? "step" : undefined}
        >
          {name}
        </li>
      ))}
    </ol>
  );
}

function Standing({ order }: { order: OrderView }) {
  const { t } = useTranslation();
  switch (order.payment_state) {
    case "paid":
      return <Paid order={order} />;
    case "closed":
      return <Closed />;
    case "refunded":
      return <Refunded order={order} />;
    case "unknown":
      return <p className="sub">{t("paymentState.unknown")}</p>;
    case "unpaid":
      return <PayTo order={order} />;
    case "wrong_amount":
    case "wrong_payer":
      return (
        <div className="stack">
          <Problem order={order} />
          <PayTo order={order} />
        </div>
      );
  }
}

function arrivedFacts(order: OrderView) {
  const arrived = order.arrived;
  return {
    time: arrived ? minute(arrived.at) : "",
    payer: arrived?.payer_name ?? "",
    account: arrived ? accountTail(arrived.payer_account) : "",
    arrived: arrived ? yuan(arrived.amount_fen) : "",
    amount: arrived ? yuan(arrived.amount_fen) : "",
  };
}

function Problem({ order }: { order: OrderView }) {
  const { t } = useTranslation();
  const facts = arrivedFacts(order);
  const gap = order.amount_fen - (order.arrived?.amount_fen ?? 0);
  const difference = t(gap > 0 ? "order.short" : "order.over", { amount: yuan(Math.abs(gap)) });
  const expected = `${order.remitting_account.holder} ${accountTail(order.remitting_account.account)}`;
  const amount = order.payment_state === "wrong_amount";
  return (
    <div className="note warn" role="status" data-testid="payment-problem">
      <strong>{amount ? t("order.wrongAmountTitle") : t("order.wrongPayerTitle")}</strong>
      <br />
      {amount
        ? t("order.wrongAmountText", { ...facts, due: yuan(order.amount_fen), difference })
        : t("order.wrongPayerText", { ...facts, expected })}
      <br />
      {amount ? t("order.wrongAmountNext") : t("order.wrongPayerNext")}
    </div>
  );
}

function Paid({ order }: { order: OrderView }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  return (
    <div className="stack" data-testid="paid">
      <h2>
        <span className="dot" />
        {t("order.paidTitle")}
      </h2>
      <p className="big">{t("common.yuan", { amount: yuan(order.arrived?.amount_fen ?? order.amount_fen) })}</p>
      {order.arrived && <p className="sub breaks">{t("order.paidText", arrivedFacts(order))}</p>}
      <p>{t("order.paidNext")}</p>
      <div className="buttons">
        <Button data-testid="go-assign" onClick={() => void navigate("/certificates")}>
          {t("order.goAssign")}
        </Button>
        {order.can_request_invoice && (
          <Button variant="default" data-testid="request-invoice" onClick={() => setAsking(true)}>
            {t("order.requestInvoice")}
          </Button>
        )}
        {order.invoice_state !== "not_issued" && (
          <Button variant="default" onClick={() => void navigate("/invoices")}>
            {t("order.seeInvoices")}
          </Button>
        )}
      </div>
      {asking && (
        <InvoiceDialog
          order={order}
          onClose={() => setAsking(false)}
          onAsked={(changed) => client.setQueryData(keys.order(order.id), changed)}
        />
      )}
    </div>
  );
}

/** Given back as a whole: what went where, and where the reason stands. */
function Refunded({ order }: { order: OrderView }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <div className="stack" data-testid="refunded">
      <h2>{t("order.refundedTitle")}</h2>
      <p className="big">{t("common.yuan", { amount: yuan(order.arrived?.amount_fen ?? order.amount_fen) })}</p>
      {order.arrived && <p className="sub breaks">{t("order.refundedText", arrivedFacts(order))}</p>}
      <p>{t("order.refundedNext")}</p>
      <div className="buttons">
        <Button onClick={() => void navigate("/purchase")}>{t("order.buyAgain")}</Button>
        <Button variant="default" data-testid="see-refund" onClick={() => void navigate("/approvals")}>
          {t("order.seeRefund")}
        </Button>
      </div>
    </div>
  );
}

function Closed() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <div className="stack">
      <h2>{t("order.closedTitle")}</h2>
      <p className="sub">{t("order.closedText")}</p>
      <div>
        <Button onClick={() => void navigate("/purchase")}>{t("order.buyAgain")}</Button>
      </div>
    </div>
  );
}

function PayTo({ order }: { order: OrderView }) {
  const { t } = useTranslation();
  const { bank, holder, account } = order.receiving;
  const amount = t("common.yuan", { amount: yuan(order.amount_fen) });
  const everything = [
    t("common.fact", { words: t("order.account"), fact: account }),
    t("common.fact", { words: t("order.holder"), fact: holder }),
    t("common.fact", { words: t("order.bank"), fact: bank }),
    t("common.fact", { words: t("order.amount"), fact: plainYuan(order.amount_fen) }),
  ].join("\n");
  const from = order.remitting_account;
  return (
    <>
      <div className="row between">
        <h2>{t("order.payTo")}</h2>
        <CopyButton text={everything} label={t("common.copyAll")} />
      </div>
      <dl className="facts">
        <Fact name={t("order.account")} copy={account} testId="receiving-account">
          <span className="big">{groupedAccount(account)}</span>
        </Fact>
        <Fact name={t("order.holder")} copy={holder}>
          {holder}
        </Fact>
        <Fact name={t("order.bank")} copy={bank}>
          {bank}
        </Fact>
        <Fact name={t("order.amount")} copy={plainYuan(order.amount_fen)}>
          <span className="big">{amount}</span>
        </Fact>
      </dl>
      <p className="note warn" style={{ marginTop: 12 }}>
        {t("order.note")}
        <strong>
          {t("common.aside", { words: `${from.bank} ${accountTail(from.account)}`, aside: t(`billing.${from.kind}`) })}
        </strong>
        {t("order.noteEnd")}
      </p>
    </>
  );
}

function Fact({ name, copy, testId, children }: { name: string; copy: string; testId?: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd data-testid={testId}>
        <span className="breaks">{children}</span>
        <CopyButton text={copy} name={name} />
      </dd>
    </>
  );
}

function Afterwards({ order }: { order: OrderView }) {
  const { t } = useTranslation();
  return (
    <>
      <div>
        <h2>{t("order.after")}</h2>
        <ol className="numbered">
          <li>{t("order.after1")}</li>
          <li>{t("order.after2")}</li>
          <li>{t("order.after3")}</li>
        </ol>
      </div>
      {awaited(order) && (
        <div>
          <h2>{t("order.notArrived")}</h2>
          <p className="sub">{t("order.notArrivedText")}</p>
        </div>
      )}
    </>
  );
}

function Bank({ order }: { order: OrderView }) {
  const { t } = useTranslation();
  const transfer = useOrderChange(order.id, (given: TransferCase) => call(commands.sandboxTransfer(order.id, given)));
  return (
    <section className="card stack tight" aria-labelledby="bank">
      <div className="row between">
        <div>
          <h2 id="bank">{t("order.demoTitle")}</h2>
          <p className="small muted">{t("order.demoText")}</p>
        </div>
        <div className="buttons">
          <Button
            variant="default"
            size="compact-sm"
            disabled={transfer.isPending}
            data-testid="transfer-exact"
            onClick={() => transfer.mutate("exact")}
          >
            {t("order.exact")}
          </Button>
          <Button
            variant="default"
            size="compact-sm"
            disabled={transfer.isPending}
            data-testid="transfer-wrong-amount"
            onClick={() => transfer.mutate("wrong_amount")}
          >
            {t("order.wrongAmount")}
          </Button>
          <Button
            variant="default"
            size="compact-sm"
            disabled={transfer.isPending}
            data-testid="transfer-wrong-payer"
            onClick={() => transfer.mutate("wrong_payer")}
          >
            {t("order.wrongPayer")}
          </Button>
        </div>
      </div>
      {transfer.isError && <FailureNote error={transfer.error} />}
    </section>
  );
}

function Particulars({ order }: { order: OrderView }) {
  const { t } = useTranslation();
  return (
    <section className="card flat">
      <table className="list">
        <thead>
          <tr>
            <th>{t("order.goods")}</th>
            <th>{t("order.quantity")}</th>
            <th>{t("order.placedAt")}</th>
            <th>{t("order.invoiceInfo")}</th>
            <th>{t("order.invoiceState")}</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <td>{order.package_name}</td>
            <td>{order.quantity}</td>
            <td className="keep">{minute(order.placed_at)}</td>
            <td>
              {order.title.name}
              <br />
              <span className="small muted">{order.title.tax_number}</span>
            </td>
            <td className="keep">
              <InvoiceTag state={order.invoice_state} />{" "}
              {awaited(order) && <span className="small muted">{t("order.invoiceAfterPaid")}</span>}
            </td>
          </tr>
        </tbody>
      </table>
    </section>
  );
}

function EditDialog({ order, onClose }: { order: OrderView; onClose: () => void }) {
  const { t } = useTranslation();
  const billing = useBilling();
  const [form, setForm] = useState<OrderChangeInput>({
    title_id: order.title.id,
    account_id: order.remitting_account.id,
    quantity: order.quantity,
  });
  const save = useOrderChange(
    order.id,
    (input: OrderChangeInput) => call(commands.updateOrder(order.id, input)),
    onClose,
  );
  return (
    <FormDialog
      title={t("order.editTitle")}
      opened
      onClose={onClose}
      onSubmit={() => save.mutate(form)}
      submit={t("common.save")}
      busy={save.isPending}
      error={save.error}
    >
      <NumberInput
        label={t("purchase.quantity")}
        w={160}
        min={1}
        max={999}
        clampBehavior="strict"
        allowDecimal={false}
        allowNegative={false}
        value={form.quantity}
        onChange={(value) => setForm({ ...form, quantity: Math.max(1, Number(value) || 1) })}
      />
      {billing.data ? (
        <BillingPick
          billing={billing.data}
          titleId={form.title_id}
          accountId={form.account_id}
          onTitle={(title_id) => setForm({ ...form, title_id })}
          onAccount={(account_id) => setForm({ ...form, account_id })}
        />
      ) : billing.isError ? (
        <FailureNote error={billing.error} />
      ) : (
        <Waiting />
      )}
    </FormDialog>
  );
}

function CancelDialog({ order, onClose }: { order: OrderView; onClose: () => void }) {
  const { t } = useTranslation();
  const cancel = useOrderChange(order.id, () => call(commands.cancelOrder(order.id)), onClose);
  return (
    <FormDialog
      title={t("order.cancelTitle")}
      opened
      onClose={onClose}
      onSubmit={() => cancel.mutate(undefined)}
      submit={t("order.cancelYes")}
      cancel={t("order.cancelNo")}
      busy={cancel.isPending}
      error={cancel.error}
    >
      <p>{t("order.cancelText", { number: order.number })}</p>
    </FormDialog>
  );
}
