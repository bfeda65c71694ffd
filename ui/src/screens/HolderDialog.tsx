// Changing the holder: who uses a certificate, not whom it names.
import { NativeSelect } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { type CertificateView, commands } from "../bindings";
import { call } from "../bridge/failure";
import { useEmployees } from "../bridge/queries";
import { FormDialog } from "../parts/Dialogs";
import { FailureNote } from "../parts/States";
import { useTranslation } from "../words/words";

export function HolderDialog({ certificate, onClose }: { certificate: CertificateView; onClose: () => void }) {
  const { t } = useTranslation();
  const employees = useEmployees();
  const [holder, setHolder] = useState("");
  const change = useMutation({
    mutationFn: () => call(commands.changeHolder(certificate.id, holder)),
    onSuccess: onClose,
  });
  const others = (employees.data ?? []).filter((one) => one.id !== certificate.holder?.id);
  return (
    <FormDialog
      title={t("holder.title")}
      opened
      onClose={onClose}
      onSubmit={() => change.mutate()}
      submit={t("holder.submit")}
      ready={holder !== ""}
      busy={change.isPending}
      error={change.error}
    >
      <p>{t("holder.now", { name: certificate.holder?.name ?? t("common.none") })}</p>
      <NativeSelect
        label={t("holder.to")}
        data-autofocus
        data-testid="new-holder"
        required
        value={holder}
        onChange={(event) => setHolder(event.currentTarget.value)}
        data={[
          { value: "", label: t("assign.chooseHolder") },
          ...others.map((one) => ({
            value: one.id,
            label: t("common.aside", { words: one.name, aside: t(`role.${one.role}`) }),
          })),
        ]}
      />
      {employees.isError && <FailureNote error={employees.error} onRetry={() => void employees.refetch()} />}
      <p className="note warn">{t("holder.text")}</p>
    </FormDialog>
  );
}
