// Reviews: one time line of everything under review; the sandbox lets the user play the reviewer.
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { type ApprovalKind, type ApprovalState, type ApprovalView, commands } from "../bindings";
import { call } from "../bridge/failure";
import { keys } from "../bridge/keys";
import { sealPicture } from "../bridge/pictures";
import { useApprovals, useSession } from "../bridge/queries";
import { minute } from "../format/time";
import { FormDialog } from "../parts/Dialogs";
import { Head, Tag, type Tone } from "../parts/Pieces";
import { Asked, Empty, FailureNote } from "../parts/States";
import { useTranslation } from "../words/words";
import { TimeLine } from "./CertificateDrawer";

const tones: Record<ApprovalState, Tone> = {
  in_review: "info",
  approved: "ok",
  rejected: "bad",
  waiting: "warn",
  unknown: "calm",
};
const dots: Record<ApprovalState, string> = {
  in_review: "dot info",
  approved: "dot",
  rejected: "dot bad",
  waiting: "dot warn",
  unknown: "dot",
};

export function Approvals() {
  const { t } = useTranslation();
  const query = useApprovals();
  const session = useSession();
  const [shown, setShown] = useState<"all" | "open">("all");
  return (
    <>
      <Head title={t("approvals.title")} sub={t("approvals.sub")} testId="approvals">
        <NativeSelect
          aria-label={t("approvals.filter")}
          value={shown}
          onChange={(event) => setShown(event.currentTarget.value === "open" ? "open" : "all")}
          data={[
            { value: "all", label: t("common.all") },
            { value: "open", label: t("approvals.open") },
          ]}
        />
      </Head>
      <Asked query={query}>
        {(all) => {
          const list = all.filter((one) => shown === "all" || one.state === "in_review" || one.state === "waiting");
          if (list.length === 0)
            return (
              <section className="card">
                <Empty title={t("approvals.empty")} hint={t("approvals.emptyHint")} />
              </section>
            );
          return (
            <div className="stack">
              {list.map((one) => (
                <Approval key={one.id} approval={one} demo={Boolean(session.data?.sandbox)} />
              ))}
            </div>
          );
        }}
      </Asked>
    </>
  );
}

/** Where a rejected thing is submitted again. */
const places: Record<ApprovalKind, (id: string) => string> = {
  authorisation: () => "/authorisation",
  payment: (id) => `/orders/${id}`,
  seal: () => "/seals",
  reissue: () => "/certificates",
  invoice: () => "/invoices",
  unknown: () => "/",
};

function Approval({ approval, demo }: { approval: ApprovalView; demo: boolean }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const name = approval.title_params.order_number ?? approval.title_params.seal_name;
  return (
    <article
      className="card"
      data-testid={`approval-${approval.id}`}
      data-kind={approval.kind}
      data-state={approval.state}
    >
      <div className="row between start">
        <div className="grow">
          <h2 className="breaks">
            <span className={dots[approval.state]} />
            {t(`approvalKind.${approval.kind}`)}
            {name ? ` · ${name}` : ""} <Tag tone={tones[approval.state]}>{t(`approvalState.${approval.state}`)}</Tag>
          </h2>
          <p className="small muted">
            {t(`nextActor.${approval.next_actor}`)} · {t("approvals.since", { time: minute(approval.since) })}
          </p>
        </div>
        {approval.next_actor === "you" && (
          <Button
            variant="default"
            size="compact-sm"
            onClick={() => void navigate(places[approval.kind](approval.subject_id))}
          >
            {t("approvals.resubmit")}
          </Button>
        )}
      </div>
      {approval.reason && (
        <p className="note bad" style={{ marginTop: 8 }}>
          {t("approvals.reason", { reason: approval.reason })}
        </p>
      )}
      {approval.kind === "seal" && <ReviewedPicture seal={approval.subject_id} name={name ?? ""} />}
      {approval.events.length > 0 && <TimeLine events={approval.events} />}
      {demo && approval.state === "in_review" && <Reviewer approval={approval} />}
    </article>
  );
}

/** The picture under review; nothing where this account may not see it. */
function ReviewedPicture({ seal, name }: { seal: string; name: string }) {
  const [seen, setSeen] = useState(true);
  if (!seen) return null;
  return (
    <div className="paperwhite reviewed">
      <img src={sealPicture(`seal/${seal}`)} alt={name} onError={() => setSeen(false)} />
    </div>
  );
}

function Reviewer({ approval }: { approval: ApprovalView }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [rejecting, setRejecting] = useState(false);
  const [reason, setReason] = useState("");
  const decide = useMutation({
    mutationFn: (approve: boolean) => call(commands.sandboxDecide(approval.id, approve, approve ? "" : reason)),
    onSuccess: (list) => {
      client.setQueryData(keys.approvals, list);
      setRejecting(false);
    },
  });
  return (
    <div className="note info row between" style={{ marginTop: 10 }}>
      <span>
        <strong>{t("approvals.demo")}</strong> <span className="small">{t("approvals.demoText")}</span>
      </span>
      <span className="buttons">
        <Button
          variant="default"
          size="compact-sm"
          data-testid={`approve-${approval.kind}`}
          loading={decide.isPending && !rejecting}
          onClick={() => decide.mutate(true)}
        >
          {t("approvals.approve")}
        </Button>
        <Button
          variant="default"
          size="compact-sm"
          data-testid={`reject-${approval.kind}`}
          onClick={() => {
            setReason(t("approvals.reasonDefault"));
            setRejecting(true);
          }}
        >
          {t("approvals.reject")}
        </Button>
      </span>
      {rejecting && (
        <FormDialog
          title={t("approvals.reject")}
          opened
          onClose={() => setRejecting(false)}
          onSubmit={() => decide.mutate(false)}
          submit={t("approvals.reject")}
          ready={reason.trim() !== ""}
          busy={decide.isPending}
          error={decide.error}
        >
          <TextInput
            label={t("approvals.reasonLabel")}
            data-autofocus
            required
            data-testid="reject-reason"
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
        </FormDialog>
      )}
      {decide.isError && !rejecting && <FailureNote error={decide.error} />}
    </div>
  );
}
