// Changing the PIN of a key on this device.
import { Modal } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useRef } from "react";
import { type CertificateView, commands } from "../bindings";
import { call } from "../bridge/failure";
import { FormDialog } from "../parts/Dialogs";
import { PinInput, takePin } from "../parts/PinInput";
import { useTranslation } from "../words/words";

export function PinDialog({ certificate, onClose }: { certificate: CertificateView; onClose: () => void }) {
  const { t } = useTranslation();
  const old = useRef<HTMLInputElement>(null);
  const pin = useRef<HTMLInputElement>(null);
  const again = useRef<HTMLInputElement>(null);
  const run = useMutation({
    mutationFn: () =>
      call(
        commands.changePin({
          certificate_id: certificate.id,
          old_pin: takePin(old.current),
          pin: takePin(pin.current),
          pin_again: takePin(again.current),
        }),
      ),
    onError: () => old.current?.focus(),
  });
  if (run.isSuccess)
    return (
      <Modal
        opened
        onClose={onClose}
        title={<strong>{t("pinChange.done")}</strong>}
        closeButtonProps={{ "aria-label": t("common.close"), "data-testid": "pin-close" } as object}
      >
        <p className="note ok" data-testid="pin-changed">
          {t("pinChange.doneText")}
        </p>
      </Modal>
    );
  return (
    <FormDialog
      title={t("pinChange.title")}
      opened
      onClose={onClose}
      onSubmit={() => run.mutate()}
      submit={t("pinChange.submit")}
      busy={run.isPending}
      error={run.error}
    >
      <p>
        <strong>{certificate.owner_name}</strong> · {t("certificates.tries", { count: certificate.tries_left ?? 0 })}
      </p>
      <PinInput ref={old} label={t("pinChange.old")} testId="pin-old" autoFocus />
      <PinInput ref={pin} label={t("pinChange.new")} testId="pin" description={t("import.rules")} />
      <PinInput ref={again} label={t("import.again")} testId="pin-again" />
    </FormDialog>
  );
}
