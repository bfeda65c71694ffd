// Small pieces many screens share: page heads, tags of states, copy buttons, saved-file notes.
import { Button, type ButtonProps } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import { type CertificateState, commands, type InvoiceState, type PaymentState, type SavedFileView } from "../bindings";
import { call } from "../bridge/failure";
import { useTranslation } from "../words/words";
import { FailureNote } from "./States";

/** Title, a sentence under it, and the page's actions. */
export function Head({
  title,
  sub,
  crumb,
  tag,
  testId,
  children,
}: {
  title: string;
  sub?: ReactNode;
  crumb?: ReactNode;
  tag?: ReactNode;
  testId?: string;
  children?: ReactNode;
}) {
  return (
    <header className="head">
      <div>
        {crumb && <p className="crumb">{crumb}</p>}
        <h1 data-testid={testId}>
          {title} {tag}
        </h1>
        {sub && <p className="sub">{sub}</p>}
      </div>
      {children && <div className="buttons">{children}</div>}
    </header>
  );
}

/** The tone of a state; always shown with its word. */
export type Tone = "ok" | "warn" | "bad" | "info" | "calm";

/** A state as a word on a soft ground. */
export function Tag({ tone, children }: { tone: Tone; children: ReactNode }) {
  return <span className={`tag ${tone}`}>{children}</span>;
}

const paymentTones: Record<PaymentState, Tone> = {
  unpaid: "bad",
  paid: "ok",
  wrong_amount: "warn",
  wrong_payer: "warn",
  closed: "calm",
  refunded: "calm",
  unknown: "calm",
};
const invoiceTones: Record<InvoiceState, Tone> = {
  not_issued: "calm",
  requested: "info",
  issued: "ok",
  unknown: "calm",
};
const certificateTones: Record<CertificateState, Tone> = {
  unassigned: "calm",
  pending_import: "info",
  active: "ok",
  expiring: "warn",
  expired: "bad",
  revoked: "bad",
  unknown: "calm",
};

export function PaymentTag({ state }: { state: PaymentState }) {
  const { t } = useTranslation();
  return <Tag tone={paymentTones[state]}>{t(`paymentState.${state}`)}</Tag>;
}

export function InvoiceTag({ state }: { state: InvoiceState }) {
  const { t } = useTranslation();
  return <Tag tone={invoiceTones[state]}>{t(`invoiceState.${state}`)}</Tag>;
}

export function CertificateTag({ state }: { state: CertificateState }) {
  const { t } = useTranslation();
  return <Tag tone={certificateTones[state]}>{t(`certificateState.${state}`)}</Tag>;
}

/** Copies a text without the clipboard API's permission, which a web view may not grant. */
async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}

/** Copies one value and says so for a moment. */
export function CopyButton({
  text,
  label,
  name,
  ...rest
}: { text: string; label?: string; name?: string } & ButtonProps) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1600);
    return () => clearTimeout(timer);
  }, [copied]);
  const word = copied ? t("common.copied") : (label ?? t("common.copy"));
  return (
    <Button
      variant="default"
      size="compact-sm"
      {...rest}
      aria-label={name ? `${word} ${name}` : word}
      aria-live="polite"
      onClick={() => void copyText(text).then(() => setCopied(true))}
    >
      {word}
    </Button>
  );
}

/** Says where a file was saved and opens the folder. */
export function SavedNote({ saved }: { saved: SavedFileView }) {
  const { t } = useTranslation();
  const reveal = useMutation({ mutationFn: () => call(commands.revealSavedFile(saved.saved_id)) });
  return (
    <div className="stack tight">
      <div className="note ok row between" role="status" data-testid="saved">
        <span className="breaks">
          <strong>{t("common.savedTo", { name: saved.file_name })}</strong>{" "}
          <span className="small">{t("common.savedFolder", { folder: saved.folder })}</span>
        </span>
        <Button variant="default" size="compact-sm" onClick={() => reveal.mutate()}>
          {t("common.openFolder")}
        </Button>
      </div>
      {reveal.isError && <FailureNote error={reveal.error} />}
    </div>
  );
}

/** The present moment, renewed every second while `running`. */
export function useNow(running: boolean): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    if (!running) return;
    setNow(new Date());
    const timer = setInterval(() => setNow(new Date()), 1000);
    return () => clearInterval(timer);
  }, [running]);
  return now;
}
