// Assigning a certificate: the form, then a second look at what can never be changed.
import { Checkbox, NativeSelect } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { type AccountView, type AssignInput, type CertificateView, commands, type DocumentType } from "../bindings";
import { call } from "../bridge/failure";
import { useEmployees } from "../bridge/queries";
import { CheckedInput } from "../parts/CheckedInput";
import { FormDialog } from "../parts/Dialogs";
import { FailureNote } from "../parts/States";
import { useTranslation } from "../words/words";

const personal: readonly DocumentType[] = [
  "resident_identity_card",
  "passport",
  "hong_kong_macao_permit",
  "taiwan_permit",
];
const enterprise: readonly DocumentType[] = ["business_licence"];

export function AssignDialog({
  certificate,
  account,
  onClose,
}: {
  certificate: CertificateView;
  account: AccountView;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const own = certificate.kind === "enterprise";
  const types = own ? enterprise : personal;
  const [form, setForm] = useState<AssignInput>({
    certificate_id: certificate.id,
    document_type: types[0] ?? "resident_identity_card",
    document_number: own ? account.enterprise_credit_code : "",
    owner_name: own ? account.enterprise_name : "",
    holder_id: "",
    email: "",
  });
  const [checking, setChecking] = useState(false);
  const [sure, setSure] = useState(false);
  const assign = useMutation({
    mutationFn: () => call(commands.assignCertificate(form)),
    onSuccess: onClose,
    onError: () => setChecking(false),
  });
  const complete = form.document_number !== "" && form.owner_name !== "" && form.holder_id !== "" && form.email !== "";
  const next = () => {
    assign.reset();
    setSure(false);
    setChecking(true);
  };
  const title = t("assign.title", { kind: t(`certificateKind.${certificate.kind}`) });
  if (checking) {
    return (
      <FormDialog
        title={t("assign.confirmTitle")}
        opened
        onClose={() => setChecking(false)}
        onSubmit={() => assign.mutate()}
        submit={t("assign.submit")}
        cancel={t("assign.back")}
        ready={sure}
        busy={assign.isPending}
      >
        <div>
          <p className="sub">{t("assign.confirmText")}</p>
          <p className="big breaks" data-testid="assign-owner">
            {form.owner_name}
          </p>
          <p className="sub breaks">
            {t(`documentType.${form.document_type}`)} {form.document_number}
          </p>
        </div>
        <p className="note warn">{t("assign.confirmNever")}</p>
        <Checkbox
          data-testid="assign-sure"
          data-autofocus
          label={t("assign.confirmTick", { name: form.owner_name })}
          checked={sure}
          onChange={(event) => setSure(event.currentTarget.checked)}
        />
      </FormDialog>
    );
  }
  return (
    <FormDialog
      title={title}
      opened
      onClose={onClose}
      onSubmit={next}
      submit={t("assign.next")}
      ready={complete}
      error={assign.error}
      testId="assign-next"
    >
      <Fields form={form} types={types} own={own} onChange={(part) => setForm({ ...form, ...part })} />
      <p className="note warn">{t("assign.fixed")}</p>
    </FormDialog>
  );
}

type FieldsProps = {
  form: AssignInput;
  types: readonly DocumentType[];
  own: boolean;
  onChange: (part: Partial<AssignInput>) => void;
};

function Fields({ form, types, own, onChange }: FieldsProps) {
  const { t } = useTranslation();
  const employees = useEmployees();
  const kind =
    form.document_type === "resident_identity_card"
      ? "identity_number"
      : form.document_type === "business_licence"
        ? "credit_code"
        : null;
  const holders = [
    { value: "", label: t("assign.chooseHolder") },
    ...(employees.data ?? []).map((one) => ({
      value: one.id,
      label: t("common.aside", { words: one.name, aside: t(`role.${one.role}`) }),
    })),
  ];
  return (
    <>
      <NativeSelect
        label={t("assign.documentType")}
        data-testid="document-type"
        disabled={types.length === 1}
        value={form.document_type}
        data={types.map((type) => ({ value: type, label: t(`documentType.${type}`) }))}
        onChange={(event) =>
          onChange({ document_type: types.find((type) => type === event.currentTarget.value) ?? form.document_type })
        }
      />
      <CheckedInput
        kind={kind ?? "name"}
        label={t("assign.documentNumber")}
        required
        testId="document-number"
        value={form.document_number}
        onValue={(document_number) => onChange({ document_number: document_number.trim().toUpperCase() })}
      />
      <CheckedInput
        kind="name"
        label={own ? t("assign.ownerEnterprise") : t("assign.ownerName")}
        required
        testId="owner-name"
        value={form.owner_name}
        onValue={(owner_name) => onChange({ owner_name })}
      />
      <NativeSelect
        label={t("assign.holder")}
        required
        data-testid="holder"
        value={form.holder_id}
        data={holders}
        onChange={(event) => onChange({ holder_id: event.currentTarget.value })}
      />
      {employees.isError && <FailureNote error={employees.error} onRetry={() => void employees.refetch()} />}
      <CheckedInput
        kind="email"
        label={t("assign.email")}
        required
        testId="email"
        type="email"
        value={form.email}
        onValue={(email) => onChange({ email: email.trim() })}
      />
    </>
  );
}
