// 吊销: for good, with its reason, after a second look.
import { Checkbox, NativeSelect } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { type CertificateView, commands, type RevocationReason } from "../bindings";
import { call } from "../bridge/failure";
import { FormDialog } from "../parts/Dialogs";
import { useTranslation } from "../words/words";

const reasons: RevocationReason[] = ["key_compromise", "affiliation_changed", "cessation_of_operation"];

export function RevokeDialog({ certificate, onClose }: { certificate: CertificateView; onClose: () => void }) {
  const { t } = useTranslation();
  const [reason, setReason] = useState<RevocationReason | "">("");
  const [sure, setSure] = useState(false);
  const run = useMutation({
    mutationFn: async () => {
      if (reason !== "") await call(commands.revokeCertificate(certificate.id, reason));
    },
    onSuccess: onClose,
  });
  return (
    <FormDialog
      title={t("revoke.title")}
      opened
      onClose={onClose}
      onSubmit={() => run.mutate()}
      submit={t("revoke.submit")}
      ready={reason !== "" && sure}
      busy={run.isPending}
      error={run.error}
    >
      <p>
        <strong>{certificate.owner_name}</strong> · {t(`certificateKind.${certificate.kind}`)}
      </p>
      <NativeSelect
        label={t("revoke.reason")}
        data-autofocus
        data-testid="revoke-reason"
        required
        value={reason}
        onChange={(event) => setReason(reasons.find((one) => one === event.currentTarget.value) ?? "")}
        data={[
          { value: "", label: t("assign.chooseHolder") },
          ...reasons.map((value) => ({ value, label: t(`revocationReason.${value}`) })),
        ]}
      />
      <p className="note warn">{t("revoke.text")}</p>
      <Checkbox
        checked={sure}
        onChange={(event) => setSure(event.currentTarget.checked)}
        label={t("revoke.sure")}
        data-testid="revoke-sure"
      />
    </FormDialog>
  );
}
