// Importing a certificate: a PIN typed twice, then the key is made on this device.
import { Button, Modal, Progress } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useCallback, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { type CertificateView, commands, type Progress as Step } from "../bindings";
import { useProgress } from "../bridge/changes";
import { call } from "../bridge/failure";
import { day } from "../format/time";
import { FormDialog } from "../parts/Dialogs";
import { PinInput, takePin } from "../parts/PinInput";
import { useTranslation } from "../words/words";

const stages = ["unlock", "key", "request", "check", "keep", "stamp", "write", "verify", "rename"] as const;
/** Stages of long work that have words. */
export type Stage = (typeof stages)[number];
export const knownStage = (stage: string): Stage | undefined => stages.find((one) => one === stage);

export function ImportDialog({ certificate, onClose }: { certificate: CertificateView; onClose: () => void }) {
  const { t } = useTranslation();
  const pin = useRef<HTMLInputElement>(null);
  const again = useRef<HTMLInputElement>(null);
  const run = useMutation({
    // The digits go from the inputs straight into the call; neither the mutation nor the cache holds them.
    mutationFn: () =>
      call(
        commands.importCertificate({
          certificate_id: certificate.id,
          pin: takePin(pin.current),
          pin_again: takePin(again.current),
        }),
      ),
    onError: () => pin.current?.focus(),
  });
  if (run.data) return <Done certificate={run.data} onClose={onClose} />;
  return (
    <FormDialog
      title={t("import.title")}
      opened
      onClose={onClose}
      onSubmit={() => run.mutate()}
      submit={t("import.submit")}
      busy={run.isPending}
      error={run.error}
    >
      <p>
        <strong>{certificate.owner_name ?? t(`certificateKind.${certificate.kind}`)}</strong> ·{" "}
        {t(`certificateKind.${certificate.kind}`)}
      </p>
      <p className="sub">{t("import.text")}</p>
      <PinInput ref={pin} label={t("import.pin")} testId="pin" autoFocus description={t("import.rules")} />
      <PinInput ref={again} label={t("import.again")} testId="pin-again" />
      <p className="note warn">
        {t("import.forget")}
        {t("import.year")}
      </p>
      {run.isPending && <Stages job={`import:${certificate.id}`} />}
    </FormDialog>
  );
}

/** Progress of one job: the stage in words and how far it is. */
export function Stages({ job }: { job: string }) {
  const { t } = useTranslation();
  const [step, setStep] = useState<Step | null>(null);
  const follow = useCallback(
    (given: Step) => {
      if (given.job === job) setStep(given);
    },
    [job],
  );
  useProgress(follow);
  const stage = step ? knownStage(step.stage) : undefined;
  const done = step && step.total > 0 ? (step.done / step.total) * 100 : 0;
  return (
    <div role="status">
      <p className="small sub">{stage ? t(`import.stage.${stage}`) : t("common.working")}</p>
      <Progress value={done} aria-label={t("common.working")} />
    </div>
  );
}

function Done({ certificate, onClose }: { certificate: CertificateView; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <Modal
      opened
      onClose={onClose}
      title={<strong>{t("import.done")}</strong>}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <p className="note ok" data-testid="imported">
        {t("import.doneText", { date: certificate.valid_to ? day(certificate.valid_to) : "" })}
      </p>
      <div className="buttons end">
        <Button variant="default" data-testid="import-close" onClick={onClose}>
          {t("common.close")}
        </Button>
        <Button data-autofocus data-testid="import-make-seal" onClick={() => void navigate("/seals")}>
          {t("import.makeSeal")}
        </Button>
      </div>
    </Modal>
  );
}
