// The dialog frame: focus stays inside, Escape leaves, a failure is told where it happened.
import { Button, Modal } from "@mantine/core";
import type { FormEvent, ReactNode } from "react";
import { Failure } from "../bridge/failure";
import { useTranslation } from "../words/words";
import { FailureNote } from "./States";

type Props = {
  title: string;
  opened: boolean;
  onClose: () => void;
  onSubmit: () => void;
  submit: string;
  cancel?: string;
  busy?: boolean;
  ready?: boolean;
  error?: unknown;
  size?: number;
  testId?: string;
  children: ReactNode;
};

/** It will be sent later: to press the same button again would do it twice. */
const waits = (error: unknown) => error instanceof Failure && error.code === "queued";

/** A form in a dialog. Its first submit button has the test id `confirm` unless told otherwise. */
export function FormDialog({
  title,
  opened,
  onClose,
  onSubmit,
  submit,
  cancel,
  busy = false,
  ready = true,
  error,
  size = 480,
  testId = "confirm",
  children,
}: Props) {
  const { t } = useTranslation();
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (ready && !busy) onSubmit();
  };
  return (
    <Modal
      opened={opened}
      onClose={busy ? () => undefined : onClose}
      title={<strong>{title}</strong>}
      size={size}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <form onSubmit={send} className="stack" noValidate>
        {children}
        {error !== undefined && error !== null && <FailureNote error={error} />}
        {waits(error) ? (
          <div className="buttons end">
            <Button onClick={onClose} data-testid="waits">
              {t("common.close")}
            </Button>
          </div>
        ) : (
          <div className="buttons end">
            <Button variant="default" onClick={onClose} disabled={busy}>
              {cancel ?? t("common.cancel")}
            </Button>
            <Button type="submit" loading={busy} disabled={!ready} data-testid={testId}>
              {submit}
            </Button>
          </div>
        )}
      </form>
    </Modal>
  );
}
