// 扫码签章: reading a code or a link, and the signing tasks that were read.
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useCallback, useEffect, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { type CertificateView, commands, events, type ScanState, type ScanTaskView } from "../bindings";
import { call } from "../bridge/failure";
import { keys } from "../bridge/keys";
import { useCertificates, useScanTasks } from "../bridge/queries";
import { fileSize, groupedHex } from "../format/figures";
import { minute } from "../format/time";
import { FormDialog } from "../parts/Dialogs";
import { Head, Tag, type Tone } from "../parts/Pieces";
import { PinInput, takePin } from "../parts/PinInput";
import { SecretInput } from "../parts/SecretInput";
import { Asked, Empty, FailureNote } from "../parts/States";
import { useTranslation } from "../words/words";

/** Takes over signing links that the system hands to the program, once somebody is signed in. */
export function useLinks(onLink: (link: string) => void) {
  useEffect(() => {
    const take = async () => {
      const link = await call(commands.takeLink());
      if (link !== null) onLink(link);
    };
    void take();
    const stop = events.linkOpened.listen(() => void take());
    return () => void stop.then((end) => end());
  }, [onLink]);
}

export function Scan({ link, onLinkDone }: { link: string | null; onLinkDone: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const query = useScanTasks();
  const [text, setText] = useState("");
  const keep = useCallback(
    (task: ScanTaskView | null) => {
      if (task === null) return;
      setText("");
      client.setQueryData<ScanTaskView[]>(keys.scanTasks, (all = []) => [
        task,
        ...all.filter((one) => one.id !== task.id),
      ]);
    },
    [client],
  );
  const read = useMutation({ mutationFn: (ask: () => Promise<ScanTaskView | null>) => ask(), onSuccess: keep });
  const { mutate } = read;
  useEffect(() => {
    if (link === null) return;
    mutate(() => call(commands.scanText(link)));
    onLinkDone();
  }, [link, mutate, onLinkDone]);
  const send = (event: FormEvent) => {
    event.preventDefault();
    mutate(() => call(commands.scanText(text)));
  };
  return (
    <>
      <Head title={t("scan.title")} sub={t("scan.sub")} testId="scan">
        <Button
          variant="default"
          data-testid="scan-picture"
          disabled={read.isPending}
          onClick={() => mutate(() => call(commands.scanPicture()))}
        >
          {t("scan.picture")}
        </Button>
        <Button
          data-testid="scan-clipboard"
          title={t("scan.clipboardHint")}
          loading={read.isPending}
          onClick={() => mutate(() => call(commands.scanClipboard()))}
        >
          {t("scan.clipboard")}
        </Button>
      </Head>
      <form className="row" style={{ alignItems: "end" }} onSubmit={send}>
        <TextInput
          className="grow"
          label={t("scan.link")}
          description={t("scan.linkHint")}
          data-testid="scan-link"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" data-testid="scan-read" disabled={text.trim() === "" || read.isPending}>
          {t("scan.read")}
        </Button>
      </form>
      {read.isError && <FailureNote error={read.error} />}
      <Asked query={query}>
        {(tasks) =>
          tasks.length === 0 ? (
            <section className="card">
              <Empty title={t("scan.empty")} hint={t("scan.emptyHint")} />
            </section>
          ) : (
            <div className="stack">
              {tasks.map((task) => (
                <Task key={task.id} task={task} onChanged={keep} />
              ))}
            </div>
          )
        }
      </Asked>
    </>
  );
}

const tones: Record<ScanState, Tone> = {
  open: "warn",
  signed: "ok",
  refused: "bad",
  expired: "calm",
  cancelled: "calm",
  unknown: "calm",
};

type TaskProps = { task: ScanTaskView; onChanged: (task: ScanTaskView) => void };

function Task({ task, onChanged }: TaskProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [asked, setAsked] = useState<"refuse" | "digest" | null>(null);
  const open = useMutation({
    mutationFn: () => call(commands.openScanDocument(task.id)),
    onSuccess: (document) => void navigate(`/desk/${document.id}`),
  });
  const size = task.size_bytes === null ? "" : ` · ${fileSize(task.size_bytes)}`;
  return (
    <section className="card stack tight" data-testid="scan-task" data-state={task.state}>
      <div className="row between start">
        <div className="grow">
          <p className="small sub breaks">{t("scan.asks", { name: task.requester })}</p>
          <h2 className="breaks">{task.title}</h2>
        </div>
        <Tag tone={tones[task.state]}>{t(`scan.state.${task.state}`)}</Tag>
      </div>
      <p className="breaks">
        <span className="muted">{t(task.content === "document" ? "scan.document" : "scan.digest")}　</span>
        {task.name}
        {size}
      </p>
      <p className="small breaks">
        <span className="muted">{t("scan.hash")}　</span>
        <span className="mono">{groupedHex(task.sha256)}</span>
      </p>
      {task.content === "digest" && task.state === "open" && <p className="note warn">{t("scan.digestText")}</p>}
      {task.signer !== null && task.signed_at !== null && (
        <p className="small sub breaks">{t("scan.signedBy", { name: task.signer, time: minute(task.signed_at) })}</p>
      )}
      {task.reason !== null && <p className="small sub breaks">{t("scan.refusedBecause", { reason: task.reason })}</p>}
      {open.isError && <FailureNote error={open.error} />}
      {task.state === "open" && (
        <div className="row between">
          <span className="small sub">{t("scan.until", { time: minute(task.expires_at) })}</span>
          <span className="buttons">
            <Button variant="default" data-testid="scan-refuse" onClick={() => setAsked("refuse")}>
              {t("scan.refuse")}
            </Button>
            {task.content === "document" ? (
              <Button data-testid="scan-open" loading={open.isPending} onClick={() => open.mutate()}>
                {t("scan.open")}
              </Button>
            ) : (
              <Button data-testid="scan-digest" onClick={() => setAsked("digest")}>
                {t("scan.signDigest")}
              </Button>
            )}
          </span>
        </div>
      )}
      {asked === "refuse" && <RefuseDialog task={task} onChanged={onChanged} onClose={() => setAsked(null)} />}
      {asked === "digest" && <DigestDialog task={task} onChanged={onChanged} onClose={() => setAsked(null)} />}
    </section>
  );
}

type DialogProps = TaskProps & { onClose: () => void };

function RefuseDialog({ task, onChanged, onClose }: DialogProps) {
  const { t } = useTranslation();
  const [reason, setReason] = useState("");
  const run = useMutation({
    mutationFn: () => call(commands.refuseScanTask(task.id, reason)),
    onSuccess: (refused) => {
      onChanged(refused);
      onClose();
    },
  });
  return (
    <FormDialog
      title={t("scan.refuseTitle")}
      opened
      onClose={onClose}
      onSubmit={() => run.mutate()}
      submit={t("scan.refuseSubmit")}
      busy={run.isPending}
      ready={reason.trim() !== ""}
      error={run.error}
    >
      <p className="breaks">{t("scan.refuseText", { name: task.requester })}</p>
      <TextInput
        label={t("scan.reason")}
        maxLength={200}
        required
        data-autofocus
        data-testid="scan-reason"
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </FormDialog>
  );
}

function DigestDialog({ task, onChanged, onClose }: DialogProps) {
  const { t } = useTranslation();
  const certificates = useCertificates();
  const usable = (certificates.data ?? []).filter(
    (one) => one.here && !one.other_authority && (one.state === "active" || one.state === "expiring"),
  );
  const [chosen, setChosen] = useState<string | null>(null);
  const certificate = usable.find((one) => one.id === chosen) ?? usable[0];
  const pin = useRef<HTMLInputElement>(null);
  const run = useMutation({
    mutationFn: (signer: CertificateView) =>
      call(commands.signScanDigest({ task_id: task.id, certificate_id: signer.id, pin: takePin(pin.current) })),
    onSuccess: (signed) => {
      onChanged(signed);
      onClose();
    },
    onError: () => pin.current?.focus(),
  });
  return (
    <FormDialog
      title={t("scan.pinTitle")}
      opened
      onClose={onClose}
      onSubmit={() => certificate && run.mutate(certificate)}
      submit={t("scan.submit")}
      busy={run.isPending}
      ready={certificate !== undefined}
      error={run.error}
    >
      <p className="breaks">{t("scan.asksFor", { name: task.requester, what: task.name })}</p>
      {certificate === undefined ? (
        <p className="note warn">{t("scan.noCertificate")}</p>
      ) : (
        <>
          <NativeSelect
            label={t("scan.certificate")}
            value={certificate.id}
            data={usable.map((one) => ({
              value: one.id,
              label: t("common.aside", { words: one.owner_name ?? "", aside: t(`certificateKind.${one.kind}`) }),
            }))}
            onChange={(event) => setChosen(event.currentTarget.value)}
          />
          {certificate.token === null ? (
            <PinInput ref={pin} label={t("desk.pin")} testId="pin" autoFocus />
          ) : (
            <SecretInput ref={pin} label={t("token.pin")} testId="token-pin" autoFocus />
          )}
        </>
      )}
    </FormDialog>
  );
}
