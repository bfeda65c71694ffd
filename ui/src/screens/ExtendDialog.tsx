// 延期: one more year for the same key, for an unused certificate of the enterprise.
import { Modal } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type CertificateView, commands } from "../bindings";
import { call } from "../bridge/failure";
import { day } from "../format/time";
import { FormDialog } from "../parts/Dialogs";
import { useTranslation } from "../words/words";

export function ExtendDialog({ certificate, onClose }: { certificate: CertificateView; onClose: () => void }) {
  const { t } = useTranslation();
  const run = useMutation({ mutationFn: () => call(commands.extendCertificate(certificate.id)) });
  const end = certificate.valid_to ? day(certificate.valid_to) : "";
  if (run.data)
    return (
      <Modal
        opened
        onClose={onClose}
        title={<strong>{t("extend.done")}</strong>}
        closeButtonProps={{ "aria-label": t("common.close"), "data-testid": "extend-close" } as object}
      >
        <p className="note ok" data-testid="extended">
          {t("extend.doneText", { date: run.data.valid_to ? day(run.data.valid_to) : "" })}
        </p>
      </Modal>
    );
  return (
    <FormDialog
      title={t("extend.title")}
      opened
      onClose={onClose}
      onSubmit={() => run.mutate()}
      submit={t("extend.submit")}
      busy={run.isPending}
      error={run.error}
    >
      <p>
        <strong>{certificate.owner_name}</strong> · {t("extend.now", { date: end, count: certificate.days_left ?? 0 })}
      </p>
      <p>{t("extend.text")}</p>
      <p className="note warn">{t("extend.cost", { kind: t(`certificateKind.${certificate.kind}`) })}</p>
    </FormDialog>
  );
}
