// 补发: a new key and a new PIN on this device; the former certificate ends when the new one is kept.
import { Button, Modal, NativeSelect } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useNavigate } from "react-router";
import { type CertificateView, commands, type ReissueReason } from "../bindings";
import { call } from "../bridge/failure";
import { day } from "../format/time";
import { FormDialog } from "../parts/Dialogs";
import { PinInput, takePin } from "../parts/PinInput";
import { useTranslation } from "../words/words";
import { Stages } from "./ImportDialog";

const reasons: ReissueReason[] = ["new_device", "pin_forgotten", "key_compromise"];

export function ReissueDialog({ certificate, onClose }: { certificate: CertificateView; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const pin = useRef<HTMLInputElement>(null);
  const again = useRef<HTMLInputElement>(null);
  const [reason, setReason] = useState<ReissueReason>(certificate.here ? "pin_forgotten" : "new_device");
  const run = useMutation({
    // The digits go from the inputs straight into the call; neither the mutation nor the cache holds them.
    mutationFn: () =>
      call(
        commands.reissueCertificate({
          certificate_id: certificate.id,
          reason,
          pin: takePin(pin.current),
          pin_again: takePin(again.current),
        }),
      ),
    onError: () => pin.current?.focus(),
  });
  if (run.data)
    return (
      <Modal
        opened
        onClose={onClose}
        title={<strong>{t("reissue.done")}</strong>}
        closeButtonProps={{ "aria-label": t("common.close"), "data-testid": "reissue-close" } as object}
      >
        <p className="note ok" data-testid="reissued">
          {t("reissue.doneText", { date: run.data.valid_to ? day(run.data.valid_to) : "" })}
        </p>
        <div className="buttons end">
          <Button data-autofocus data-testid="reissue-seals" onClick={() => void navigate("/seals")}>
            {t("reissue.seals")}
          </Button>
        </div>
      </Modal>
    );
  return (
    <FormDialog
      title={t("reissue.title")}
      opened
      onClose={onClose}
      onSubmit={() => run.mutate()}
      submit={t("reissue.submit")}
      busy={run.isPending}
      error={run.error}
    >
      <p>
        <strong>{certificate.owner_name}</strong> · {t(`certificateKind.${certificate.kind}`)}
      </p>
      <p className="sub">{t("reissue.text")}</p>
      <NativeSelect
        label={t("reissue.reason")}
        data-testid="reissue-reason"
        value={reason}
        onChange={(event) => {
          const chosen = reasons.find((one) => one === event.currentTarget.value);
          if (chosen) setReason(chosen);
        }}
        data={reasons.map((value) => ({ value, label: t(`reissue.because.${value}`) }))}
      />
      <PinInput ref={pin} label={t("reissue.pin")} testId="pin" autoFocus description={t("import.rules")} />
      <PinInput ref={again} label={t("import.again")} testId="pin-again" />
      <p className="note warn">{t("reissue.warn")}</p>
      {run.isPending && <Stages job={`import:${certificate.id}`} />}
    </FormDialog>
  );
}
