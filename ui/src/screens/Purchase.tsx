// Buying certificates: package, quantity, title, paying account; the gate of the CA authorisation before it.
import { Button, NumberInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import {
  type BillingTitleView,
  type BillingView,
  commands,
  type PackageView,
  type RemittingAccountView,
} from "../bindings";
import { asFailure, call } from "../bridge/failure";
import { keys } from "../bridge/keys";
import { useAuthorisation, useBilling, usePackages } from "../bridge/queries";
import { accountTail, yuan } from "../format/figures";
import { Head } from "../parts/Pieces";
import { Asked, Empty, FailureNote } from "../parts/States";
import { useTranslation } from "../words/words";

/** The largest quantity of one order. */
const MOST = 999;

export function Purchase() {
  const { t } = useTranslation();
  const authorisation = useAuthorisation();
  return (
    <>
      <Head title={t("purchase.title")} sub={t("purchase.sub")} testId="purchase" />
      <Asked query={authorisation}>
        {(view) => (view.state === "approved" ? <Offer /> : <Gate waiting={view.state === "submitted"} />)}
      </Asked>
    </>
  );
}

function Gate({ waiting }: { waiting: boolean }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <section className="card" data-testid="purchase-gate">
      <Empty title={t("purchase.gate")} hint={waiting ? t("purchase.gateWait") : t("todo.authorise.text")}>
        <Button data-testid="go-authorise" onClick={() => void navigate("/authorisation")}>
          {t("purchase.gateGo")}
        </Button>
      </Empty>
    </section>
  );
}

function Offer() {
  const packages = usePackages();
  const billing = useBilling();
  return (
    <Asked query={packages}>
      {(list) => <Asked query={billing}>{(view) => <Form packages={list} billing={view} />}</Asked>}
    </Asked>
  );
}

function Form({ packages, billing }: { packages: PackageView[]; billing: BillingView }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const client = useQueryClient();
  // One key for one form: sending it twice orders once.
  const [key, setKey] = useState(() => crypto.randomUUID());
  const [packageId, setPackageId] = useState(packages[0]?.id ?? "");
  const [quantity, setQuantity] = useState(1);
  const [titleId, setTitleId] = useState(billing.titles[0]?.id ?? "");
  const [accountId, setAccountId] = useState(billing.accounts[0]?.id ?? "");
  const place = useMutation({
    mutationFn: () =>
      call(
        commands.placeOrder({
          idempotency_key: key,
          package_id: packageId,
          quantity,
          title_id: titleId,
          account_id: accountId,
        }),
      ),
    onSuccess: (order) => {
      client.setQueryData(keys.order(order.id), order);
      void navigate(`/orders/${order.id}`);
    },
    // A refused order may be corrected and sent as a new one; only an unknown outcome repeats the same key.
    onError: (thrown) => {
      const { code } = asFailure(thrown);
      if (
        code !== "offline" &&
        code !== "platform_timeout" &&
        code !== "platform_nonsense" &&
        code !== "platform_failed"
      )
        setKey(crypto.randomUUID());
    },
  });
  const chosen = packages.find((one) => one.id === packageId);
  if (packages.length === 0)
    return (
      <section className="card">
        <Empty title={t("purchase.empty")} hint={t("purchase.sub")} />
      </section>
    );
  if (billing.titles.length === 0 || billing.accounts.length === 0) return <NeedBilling />;
  const enterprise = (chosen?.enterprise_certificates ?? 0) * quantity;
  const personal = (chosen?.personal_certificates ?? 0) * quantity;
  return (
    <form
      className="two"
      style={{ gridTemplateColumns: "1.6fr 1fr" }}
      onSubmit={(event) => {
        event.preventDefault();
        place.mutate();
      }}
    >
      <div className="stack">
        <section className="card stack">
          <PackagePick packages={packages} value={packageId} onChoose={setPackageId} />
          <NumberInput
            label={t("purchase.quantity")}
            data-testid="quantity"
            w={160}
            min={1}
            max={MOST}
            clampBehavior="strict"
            allowDecimal={false}
            allowNegative={false}
            value={quantity}
            onChange={(value) => setQuantity(Math.min(MOST, Math.max(1, Number(value) || 1)))}
          />
        </section>
        <section className="card">
          <BillingPick
            billing={billing}
            titleId={titleId}
            accountId={accountId}
            onTitle={setTitleId}
            onAccount={setAccountId}
          />
        </section>
      </div>
      <section className="card stack">
        <div>
          <h2>{t("purchase.total")}</h2>
          <p className="big" data-testid="total">
            {t("common.yuan", { amount: yuan((chosen?.price_fen ?? 0) * quantity) })}
          </p>
        </div>
        <div>
          <h2>{t("purchase.after")}</h2>
          <ol className="numbered">
            <li>{t("purchase.after1")}</li>
            <li>{t("purchase.after2")}</li>
            <li>{t("purchase.after3", { enterprise, personal })}</li>
            <li>{t("purchase.after4")}</li>
          </ol>
        </div>
        {place.isError && <FailureNote error={place.error} />}
        <Button
          type="submit"
          fullWidth
          loading={place.isPending}
          disabled={!chosen || !titleId || !accountId}
          data-testid="place-order"
        >
          {t("purchase.submit")}
        </Button>
      </section>
    </form>
  );
}

function NeedBilling() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <section className="card">
      <Empty title={t("purchase.needBilling")} hint={t("billing.sub")}>
        <Button onClick={() => void navigate("/billing")}>{t("purchase.needBillingGo")}</Button>
      </Empty>
    </section>
  );
}

function PackagePick({
  packages,
  value,
  onChoose,
}: {
  packages: PackageView[];
  value: string;
  onChoose: (id: string) => void;
}) {
  const { t } = useTranslation();
  return (
    <fieldset style={{ border: 0, padding: 0, margin: 0 }}>
      <legend>
        <h2>{t("purchase.package")}</h2>
      </legend>
      <div className="pick" style={{ marginTop: 8 }}>
        {packages.map((one) => (
          <label key={one.id}>
            <input type="radio" name="package" checked={value === one.id} onChange={() => onChoose(one.id)} />
            <span className="grow">
              <strong>{one.name}</strong>
              <br />
              <span className="small sub">
                {t("purchase.contains", {
                  enterprise: one.enterprise_certificates,
                  personal: one.personal_certificates,
                  months: one.months,
                })}
              </span>
            </span>
            <span>{t("purchase.perPackage", { amount: yuan(one.price_fen) })}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

type BillingPickProps = {
  billing: BillingView;
  titleId: string;
  accountId: string;
  onTitle: (id: string) => void;
  onAccount: (id: string) => void;
};

/** Chooses an invoice title and a paying account; also used to change an unpaid order. */
export function BillingPick({ billing, titleId, accountId, onTitle, onAccount }: BillingPickProps) {
  const { t } = useTranslation();
  return (
    <div className="stack">
      <fieldset style={{ border: 0, padding: 0, margin: 0, minWidth: 0 }}>
        <legend>
          <h2>{t("purchase.invoiceTitle")}</h2>
        </legend>
        <div className="pick" style={{ marginTop: 8 }}>
          {billing.titles.map((one) => (
            <TitleChoice key={one.id} title={one} checked={one.id === titleId} onChoose={onTitle} />
          ))}
        </div>
      </fieldset>
      <fieldset style={{ border: 0, padding: 0, margin: 0, minWidth: 0 }}>
        <legend>
          <h2>{t("purchase.payFrom")}</h2>
        </legend>
        <div className="pick" style={{ marginTop: 8 }}>
          {billing.accounts.map((one) => (
            <AccountChoice key={one.id} account={one} checked={one.id === accountId} onChoose={onAccount} />
          ))}
        </div>
      </fieldset>
    </div>
  );
}

function TitleChoice({
  title,
  checked,
  onChoose,
}: {
  title: BillingTitleView;
  checked: boolean;
  onChoose: (id: string) => void;
}) {
  return (
    <label>
      <input type="radio" name="title" checked={checked} onChange={() => onChoose(title.id)} />
      <span className="grow breaks">
        {title.name}
        <br />
        <span className="small muted">{title.tax_number}</span>
      </span>
    </label>
  );
}

function AccountChoice({
  account,
  checked,
  onChoose,
}: {
  account: RemittingAccountView;
  checked: boolean;
  onChoose: (id: string) => void;
}) {
  const { t } = useTranslation();
  return (
    <label>
      <input type="radio" name="account" checked={checked} onChange={() => onChoose(account.id)} />
      <span className="grow breaks">
        {account.holder}
        <br />
        <span className="small muted">
          {t("common.aside", {
            words: `${account.bank} ${accountTail(account.account)}`,
            aside: t(`billing.${account.kind}`),
          })}
        </span>
      </span>
    </label>
  );
}
