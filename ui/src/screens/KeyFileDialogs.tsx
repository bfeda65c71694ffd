// Keys in and out as PKCS#12 files: export under a password, and a certificate of another authority brought in.
import { Modal } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useRef } from "react";
import { type CertificateView, commands } from "../bindings";
import { call } from "../bridge/failure";
import { FormDialog } from "../parts/Dialogs";
import { SavedNote } from "../parts/Pieces";
import { PinInput, takePin } from "../parts/PinInput";
import { SecretInput } from "../parts/SecretInput";
import { useTranslation } from "../words/words";

export function ExportKeyDialog({ certificate, onClose }: { certificate: CertificateView; onClose: () => void }) {
  const { t } = useTranslation();
  const pin = useRef<HTMLInputElement>(null);
  const password = useRef<HTMLInputElement>(null);
  const again = useRef<HTMLInputElement>(null);
  const run = useMutation({
    mutationFn: () =>
      call(
        commands.exportKey({
          certificate_id: certificate.id,
          pin: takePin(pin.current),
          password: takePin(password.current),
          password_again: takePin(again.current),
        }),
      ),
    onError: () => pin.current?.focus(),
  });
  if (run.data)
    return (
      <Modal
        opened
        onClose={onClose}
        title={<strong>{t("keyFile.exported")}</strong>}
        closeButtonProps={{ "aria-label": t("common.close") }}
      >
        <SavedNote saved={run.data} />
      </Modal>
    );
  return (
    <FormDialog
      title={t("keyFile.export")}
      opened
      onClose={onClose}
      onSubmit={() => run.mutate()}
      submit={t("keyFile.submit")}
      busy={run.isPending}
      error={run.error}
    >
      <p className="note warn">{t("keyFile.warn")}</p>
      <PinInput ref={pin} label={t("keyFile.pin")} testId="pin" autoFocus />
      <SecretInput
        ref={password}
        label={t("keyFile.password")}
        testId="file-password"
        description={t("keyFile.rules")}
      />
      <SecretInput ref={again} label={t("import.again")} testId="file-password-again" />
    </FormDialog>
  );
}

export function BringDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const password = useRef<HTMLInputElement>(null);
  const pin = useRef<HTMLInputElement>(null);
  const again = useRef<HTMLInputElement>(null);
  const run = useMutation({
    mutationFn: () =>
      call(
        commands.bringCertificate({
          password: takePin(password.current),
          pin: takePin(pin.current),
          pin_again: takePin(again.current),
        }),
      ),
    onSuccess: (brought) => {
      if (brought !== null) onClose();
    },
    onError: () => password.current?.focus(),
  });
  return (
    <FormDialog
      title={t("keyFile.bring")}
      opened
      onClose={onClose}
      onSubmit={() => run.mutate()}
      submit={t("keyFile.choose")}
      busy={run.isPending}
      error={run.error}
    >
      <p className="sub">{t("keyFile.bringText")}</p>
      <SecretInput ref={password} label={t("keyFile.filePassword")} testId="file-password" />
      <PinInput ref={pin} label={t("reissue.pin")} testId="pin" description={t("import.rules")} />
      <PinInput ref={again} label={t("import.again")} testId="pin-again" />
    </FormDialog>
  );
}
