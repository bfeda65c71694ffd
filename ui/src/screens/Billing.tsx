// Billing: invoice titles, and the accounts payments may come from.
import { Button, SegmentedControl, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import {
  type BillingTitleInput,
  type BillingTitleView,
  type BillingView,
  commands,
  type RemittingAccountInput,
  type RemittingAccountView,
} from "../bindings";
import { call } from "../bridge/failure";
import { keys } from "../bridge/keys";
import { useBilling } from "../bridge/queries";

import { CheckedInput } from "../parts/CheckedInput";
import { FormDialog } from "../parts/Dialogs";
import { Masked } from "../parts/Masked";
import { Head, Tag } from "../parts/Pieces";
import { Asked, Empty } from "../parts/States";
import { useTranslation } from "../words/words";

const newTitle: BillingTitleInput = {
  id: null,
  name: "",
  tax_number: "",
  address: "",
  phone: "",
  bank: "",
  account: "",
};
const newAccount: RemittingAccountInput = { id: null, kind: "company", holder: "", bank: "", account: "" };

type Removal = { what: "title" | "account"; id: string; name: string };

export function Billing() {
  const { t } = useTranslation();
  const query = useBilling();
  const [title, setTitle] = useState<BillingTitleInput | null>(null);
  const [account, setAccount] = useState<RemittingAccountInput | null>(null);
  const [removal, setRemoval] = useState<Removal | null>(null);
  return (
    <>
      <Head title={t("billing.title")} sub={t("billing.sub")} testId="billing" />
      <Asked query={query}>
        {(view) => (
          <div className="two">
            <Titles view={view} onEdit={setTitle} onRemove={setRemoval} />
            <Accounts view={view} onEdit={setAccount} onRemove={setRemoval} />
          </div>
        )}
      </Asked>
      {title && <TitleDialog start={title} onClose={() => setTitle(null)} />}
      {account && <AccountDialog start={account} onClose={() => setAccount(null)} />}
      {removal && <RemoveDialog removal={removal} onClose={() => setRemoval(null)} />}
    </>
  );
}

type ListProps<T> = { view: BillingView; onEdit: (input: T) => void; onRemove: (removal: Removal) => void };

function Titles({ view, onEdit, onRemove }: ListProps<BillingTitleInput>) {
  const { t } = useTranslation();
  return (
    <section className="card stack" aria-labelledby="titles">
      <div className="row between">
        <h2 id="titles">{t("billing.titles")}</h2>
        <Button size="compact-sm" variant="default" data-testid="title-add" onClick={() => onEdit(newTitle)}>
          {t("billing.addTitle")}
        </Button>
      </div>
      {view.titles.length === 0 && <Empty title={t("billing.noTitles")} hint={t("billing.noTitlesHint")} />}
      {view.titles.map((title) => (
        <TitleRow key={title.id} title={title} onEdit={onEdit} onRemove={onRemove} />
      ))}
    </section>
  );
}

function TitleRow({
  title,
  onEdit,
  onRemove,
}: { title: BillingTitleView } & Omit<ListProps<BillingTitleInput>, "view">) {
  const { t } = useTranslation();
  return (
    <article className="row between start" data-testid={`title-${title.id}`}>
      <div className="grow breaks">
        <strong>{title.name}</strong>
        <p className="small sub">{title.tax_number}</p>
        <p className="small muted">{[title.address, title.phone].filter(Boolean).join(" · ")}</p>
        <p className="small muted">
          {title.bank}
          {title.bank && title.account && " · "}
          {title.account && <Masked number={title.account} of={title.name} />}
        </p>
      </div>
      <RowButtons
        name={title.name}
        onEdit={() => onEdit({ ...title })}
        onRemove={() => onRemove({ what: "title", id: title.id, name: title.name })}
        edit={t("common.edit")}
        remove={t("common.remove")}
      />
    </article>
  );
}

function RowButtons({
  name,
  edit,
  remove,
  onEdit,
  onRemove,
}: {
  name: string;
  edit: string;
  remove: string;
  onEdit: () => void;
  onRemove: () => void;
}) {
  return (
    <div className="buttons" style={{ flexWrap: "nowrap" }}>
      <Button size="compact-sm" variant="default" aria-label={`${edit} ${name}`} onClick={onEdit}>
        {edit}
      </Button>
      <Button size="compact-sm" variant="default" aria-label={`${remove} ${name}`} onClick={onRemove}>
        {remove}
      </Button>
    </div>
  );
}

function Accounts({ view, onEdit, onRemove }: ListProps<RemittingAccountInput>) {
  const { t } = useTranslation();
  return (
    <section className="card stack" aria-labelledby="accounts">
      <div className="row between">
        <h2 id="accounts">{t("billing.accounts")}</h2>
        <Button size="compact-sm" variant="default" data-testid="account-add" onClick={() => onEdit(newAccount)}>
          {t("billing.addAccount")}
        </Button>
      </div>
      {view.accounts.length === 0 && <Empty title={t("billing.noAccounts")} hint={t("billing.noAccountsHint")} />}
      {view.accounts.map((account) => (
        <AccountRow key={account.id} account={account} onEdit={onEdit} onRemove={onRemove} />
      ))}
    </section>
  );
}

function AccountRow({
  account,
  onEdit,
  onRemove,
}: { account: RemittingAccountView } & Omit<ListProps<RemittingAccountInput>, "view">) {
  const { t } = useTranslation();
  return (
    <article className="row between start" data-testid={`account-${account.id}`}>
      <div className="grow breaks">
        <strong>{account.holder}</strong> <Tag tone="calm">{t(`billing.${account.kind}`)}</Tag>
        <p className="small sub">
          <Masked number={account.account} of={account.holder} />
        </p>
        <p className="small muted">{account.bank}</p>
      </div>
      <RowButtons
        name={account.holder}
        onEdit={() => onEdit({ ...account })}
        onRemove={() => onRemove({ what: "account", id: account.id, name: account.holder })}
        edit={t("common.edit")}
        remove={t("common.remove")}
      />
    </article>
  );
}

/** Saves through the core and keeps its answer as the new list. */
function useBillingChange<T>(send: (input: T) => Promise<BillingView>, onDone: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: send,
    onSuccess: (view) => {
      client.setQueryData(keys.billing, view);
      onDone();
    },
  });
}

function TitleDialog({ start, onClose }: { start: BillingTitleInput; onClose: () => void }) {
  const { t } = useTranslation();
  const [form, setForm] = useState(start);
  const save = useBillingChange((input: BillingTitleInput) => call(commands.saveBillingTitle(input)), onClose);
  const set = (part: Partial<BillingTitleInput>) => setForm({ ...form, ...part });
  return (
    <FormDialog
      title={start.id ? t("billing.editTitle") : t("billing.addTitle")}
      opened
      onClose={onClose}
      onSubmit={() => save.mutate(form)}
      submit={t("common.save")}
      busy={save.isPending}
      ready={form.name !== "" && form.tax_number !== ""}
      error={save.error}
    >
      <CheckedInput
        kind="name"
        label={t("billing.name")}
        required
        testId="title-name"
        value={form.name}
        onValue={(name) => set({ name })}
      />
      <CheckedInput
        kind="tax_number"
        label={t("billing.taxNumber")}
        required
        testId="title-tax-number"
        value={form.tax_number}
        onValue={(tax_number) => set({ tax_number: tax_number.trim().toUpperCase() })}
      />
      <TextInput
        label={t("billing.address")}
        data-testid="title-address"
        value={form.address}
        onChange={(event) => set({ address: event.currentTarget.value })}
      />
      <CheckedInput
        kind="phone"
        label={t("billing.phone")}
        testId="title-phone"
        value={form.phone}
        onValue={(phone) => set({ phone })}
      />
      <TextInput
        label={t("billing.bank")}
        data-testid="title-bank"
        value={form.bank}
        onChange={(event) => set({ bank: event.currentTarget.value })}
      />
      <CheckedInput
        kind="bank_account"
        label={t("billing.account")}
        testId="title-account"
        value={form.account}
        onValue={(account) => set({ account })}
      />
    </FormDialog>
  );
}

function AccountDialog({ start, onClose }: { start: RemittingAccountInput; onClose: () => void }) {
  const { t } = useTranslation();
  const [form, setForm] = useState(start);
  const save = useBillingChange((input: RemittingAccountInput) => call(commands.saveRemittingAccount(input)), onClose);
  const set = (part: Partial<RemittingAccountInput>) => setForm({ ...form, ...part });
  const kinds = [
    { value: "company", label: t("billing.company") },
    { value: "personal", label: t("billing.personal") },
  ];
  return (
    <FormDialog
      title={start.id ? t("billing.editAccount") : t("billing.addAccount")}
      opened
      onClose={onClose}
      onSubmit={() => save.mutate(form)}
      submit={t("common.save")}
      busy={save.isPending}
      ready={form.holder !== "" && form.bank !== "" && form.account !== ""}
      error={save.error}
    >
      <p className="note warn">{t("billing.noAccountsHint")}</p>
      <SegmentedControl
        aria-label={t("billing.kind")}
        data={kinds}
        value={form.kind}
        onChange={(kind) => set({ kind: kind === "personal" ? "personal" : "company" })}
      />
      <CheckedInput
        kind="name"
        label={t("billing.holder")}
        required
        testId="account-holder"
        value={form.holder}
        onValue={(holder) => set({ holder })}
      />
      <TextInput
        label={t("billing.bank")}
        required
        data-testid="account-bank"
        value={form.bank}
        onChange={(event) => set({ bank: event.currentTarget.value })}
      />
      <CheckedInput
        kind="bank_account"
        label={t("billing.account")}
        required
        testId="account-number"
        value={form.account}
        onValue={(account) => set({ account })}
      />
    </FormDialog>
  );
}

function RemoveDialog({ removal, onClose }: { removal: Removal; onClose: () => void }) {
  const { t } = useTranslation();
  const remove = useBillingChange(
    (what: Removal) =>
      call(what.what === "title" ? commands.removeBillingTitle(what.id) : commands.removeRemittingAccount(what.id)),
    onClose,
  );
  return (
    <FormDialog
      title={removal.what === "title" ? t("billing.removeTitle") : t("billing.removeAccount")}
      opened
      onClose={onClose}
      onSubmit={() => remove.mutate(removal)}
      submit={t("common.remove")}
      busy={remove.isPending}
      error={remove.error}
    >
      <p className="breaks">{t("billing.removeText", { name: removal.name })}</p>
    </FormDialog>
  );
}
