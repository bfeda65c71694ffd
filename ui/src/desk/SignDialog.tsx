// The level and the PIN, the progress, and what to do when it does not work.
import { NativeSelect } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { type CertificateView, commands, type SignedView, type SigningLevel, type SigningPlanInput } from "../bindings";
import { asFailure, call } from "../bridge/failure";
import { FormDialog } from "../parts/Dialogs";
import { PinInput, takePin } from "../parts/PinInput";
import { SecretInput } from "../parts/SecretInput";
import { Stages } from "../screens/ImportDialog";
import { useTranslation } from "../words/words";

type Props = {
  plan: SigningPlanInput;
  certificate: CertificateView;
  total: number;
  onClose: () => void;
  onSigned: (signed: SignedView) => void;
};

const levels: readonly SigningLevel[] = ["b_b", "b_t", "b_lt", "b_lta"];

export function SignDialog({ plan, certificate, total, onClose, onSigned }: Props) {
  const { t } = useTranslation();
  const pin = useRef<HTMLInputElement>(null);
  const [level, setLevel] = useState<SigningLevel>("b_t");
  const run = useMutation({
    // The digits go from the input straight into the call; neither the mutation nor the cache holds them.
    mutationFn: () => call(commands.signDocument({ ...plan, level }, takePin(pin.current))),
    onSuccess: onSigned,
    onError: () => pin.current?.focus(),
  });
  const failure = run.isError ? asFailure(run.error) : null;
  const left = failure?.code === "pin_wrong" ? Number(failure.params.left) : certificate.tries_left;
  const locked = failure?.code === "pin_locked" || left === 0;
  return (
    <FormDialog
      title={t("desk.pinTitle")}
      opened
      onClose={onClose}
      onSubmit={() => run.mutate()}
      submit={t("desk.submit")}
      busy={run.isPending}
      ready={!locked}
      error={run.error}
    >
      <p className="breaks">{t("desk.pinText", { name: certificate.owner_name ?? "", count: total })}</p>
      <NativeSelect
        label={t("desk.level")}
        description={t(`desk.levelHint.${level}`)}
        data-testid="level"
        disabled={run.isPending}
        value={level}
        data={levels.map((one) => ({ value: one, label: t(`desk.levels.${one}`) }))}
        onChange={(event) => setLevel(levels.find((one) => one === event.currentTarget.value) ?? "b_t")}
      />
      {certificate.token !== null ? (
        <SecretInput ref={pin} label={t("token.pin")} testId="token-pin" description={t("token.pinHint")} autoFocus />
      ) : (
        !locked && (
          <PinInput
            ref={pin}
            label={t("desk.pin")}
            testId="pin"
            autoFocus
            description={left !== null && Number.isFinite(left) ? t("desk.triesLeft", { count: left }) : undefined}
          />
        )
      )}
      {run.isPending && <Stages job={`sign:${plan.document_id}`} />}
    </FormDialog>
  );
}
