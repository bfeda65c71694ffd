// Verifying: one plain sentence for each signature first, then the separate findings.
import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "react-router";
import { commands, type SignatureView, type Verdict, type VerificationView } from "../bindings";
import { call } from "../bridge/failure";
import { keys } from "../bridge/keys";
import { useVerification } from "../bridge/queries";
import { OpenFiles } from "../desk/OpenFiles";
import { minute } from "../format/time";
import { Head, SavedNote, Tag, type Tone } from "../parts/Pieces";
import { Asked, Empty, FailureNote, Waiting } from "../parts/States";
import { codeWords, type Translate, useTranslation } from "../words/words";
import { Rows } from "./CertificateDrawer";
import { changeWords, sentenceOf } from "./sentence";
import { SignedRevision } from "./VerifyRevision";

export const verdictTones: Record<Verdict, Tone> = {
  valid: "ok",
  valid_with_changes: "ok",
  invalid: "bad",
  indeterminate: "warn",
  unsigned: "info",
};
const signs: Record<Verdict, string> = {
  valid: "✓",
  valid_with_changes: "✓",
  invalid: "✕",
  indeterminate: "?",
  unsigned: "–",
};

/** Opens files for verifying and goes to the first. */
function useOpen() {
  const navigate = useNavigate();
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => call(commands.openDocuments()),
    onSuccess: (opened) => {
      void client.invalidateQueries({ queryKey: keys.documentList });
      const first = opened[0];
      if (first) void navigate(`/verify/${first.id}`);
    },
  });
}

export function VerifyStart() {
  const { t } = useTranslation();
  const open = useOpen();
  return (
    <>
      <Head title={t("verify.title")} sub={t("verify.sub")} testId="verify">
        <Button data-testid="open-verify" loading={open.isPending} onClick={() => open.mutate()}>
          {t("verify.open")}
        </Button>
      </Head>
      <OpenFiles place="verify" />
      {open.isError && <FailureNote error={open.error} />}
      <section className="card">
        <Empty title={t("verify.empty")} hint={t("verify.emptyHint")}>
          <Button onClick={() => open.mutate()}>{t("verify.open")}</Button>
        </Empty>
      </section>
    </>
  );
}

export function Verify() {
  const { t } = useTranslation();
  const { id = "" } = useParams();
  const open = useOpen();
  const query = useVerification(id);
  const report = useMutation({ mutationFn: () => call(commands.saveVerificationReport(id)) });
  return (
    <>
      <Head
        title={query.data?.file_name ?? t("verify.title")}
        sub={query.data ? t("verify.checkedAt", { time: minute(query.data.checked_at) }) : t("verify.sub")}
        testId="verify"
      >
        <Button variant="default" loading={query.isFetching} onClick={() => void query.refetch()}>
          {t("verify.again")}
        </Button>
        <Button
          variant="default"
          data-testid="save-report"
          loading={report.isPending}
          disabled={!query.data}
          onClick={() => report.mutate()}
        >
          {t("verify.saveReport")}
        </Button>
        <Button data-testid="open-verify" loading={open.isPending} onClick={() => open.mutate()}>
          {t("verify.open")}
        </Button>
      </Head>
      <OpenFiles place="verify" current={id} />
      {open.isError && <FailureNote error={open.error} />}
      {report.data && <SavedNote saved={report.data} />}
      {report.isError && <FailureNote error={report.error} />}
      {query.isPending ? (
        <Waiting text={t("verify.checking")} />
      ) : (
        <Asked query={query}>{(view) => <Findings view={view} />}</Asked>
      )}
    </>
  );
}

/** The whole report of one file; also shown after signing. */
export function Findings({ view }: { view: VerificationView }) {
  const { t } = useTranslation();
  return (
    <div className="stack">
      <section className="card verdict">
        <span className={`stamp ${verdictTones[view.verdict]}`} aria-hidden="true">
          {signs[view.verdict]}
        </span>
        <div data-testid="verdict" data-verdict={view.verdict}>
          <p className="sentence">{t(`verify.fileVerdict.${view.verdict}`)}</p>
          <p className="sub">
            {view.signatures.length === 0
              ? t("verify.unsignedHint")
              : t("desk.signed", { count: view.signatures.length })}
          </p>
        </div>
      </section>
      {view.reasons.length > 0 && (
        <p className="note warn">
          {view.reasons
            .map((code) => codeWords("verify.reason", code) ?? t("verify.reason.unknown"))
            .join(t("common.dot"))}
        </p>
      )}
      {view.signatures.map((one) => (
        <Signature key={one.field} documentId={view.document_id} signature={one} />
      ))}
    </div>
  );
}

function Signature({ documentId, signature }: { documentId: string; signature: SignatureView }) {
  const { t } = useTranslation();
  const time = signature.time
    ? t("common.aside", { words: minute(signature.time), aside: t(`verify.timeSource.${signature.time_source}`) })
    : t("verify.noTime");
  const rows: [string, string, Tone][] = [
    [t("verify.finding.intact"), ...intactWords(signature.intact, t)],
    [
      t("verify.finding.coverage"),
      t(`verify.coverage.${signature.coverage}`),
      signature.coverage === "partial" ? "bad" : "ok",
    ],
    [
      t("verify.finding.changes"),
      t(`verify.changes.${signature.changes_after}`),
      ({ none: "ok", proof: "ok", allowed: "ok", forbidden: "bad", unknown: "warn" } as const)[signature.changes_after],
    ],
    [
      t("verify.finding.trust"),
      t(`verify.trust.${signature.trust}`),
      signature.trust === "trusted" ? "ok" : signature.trust === "unknown" ? "warn" : "bad",
    ],
    [
      t("verify.finding.revocation"),
      t(`verify.revocation.${signature.revocation}`),
      ({ good: "ok", revoked_later: "warn", revoked: "bad", unknown: "warn" } as const)[signature.revocation],
    ],
    [t("verify.finding.time"), time, signature.time_source === "timestamp" ? "ok" : "warn"],
  ];
  const facts: [string, string][] = [
    [t("verify.finding.level"), signature.level],
    [t("verify.finding.algorithm"), signature.algorithm],
    [t("verify.finding.field"), signature.field],
  ];
  if (signature.marks.length > 0) facts.unshift([t("verify.finding.marks"), marksWords(signature.marks, t)]);
  if (signature.reason_text) facts.unshift([t("verify.finding.reasonText"), signature.reason_text]);
  return (
    <article className="card stack" data-testid={`signature-${signature.field}`} data-verdict={signature.verdict}>
      <div>
        <div className="row between">
          <span className="row">
            <Tag tone={verdictTones[signature.verdict]}>{t(`verify.verdict.${signature.verdict}`)}</Tag>
            {signature.is_document_timestamp && <Tag tone="calm">{t("verify.timestamp")}</Tag>}
          </span>
          {signature.has_revision && <SignedRevision documentId={documentId} signature={signature} />}
        </div>
        <p className="sentence" style={{ marginTop: 4 }}>
          {sentenceOf(signature, t)}
        </p>
      </div>
      <div className="two">
        <section>
          <h2>{t("verify.findings")}</h2>
          <ul className="checks">
            {rows.map(([name, words, tone]) => (
              <Finding key={name} name={name} words={words} tone={tone} />
            ))}
          </ul>
        </section>
        <section>
          <dl className="facts small">
            {facts.map(([name, value]) => (
              <Pair key={name} name={name} value={value} />
            ))}
          </dl>
        </section>
      </div>
      <LaterChanges signature={signature} />
      {signature.certificate.length > 0 && (
        <details>
          <summary>{t("verify.finding.certificate")}</summary>
          <Rows rows={signature.certificate} plain />
        </details>
      )}
    </article>
  );
}

/** Changes named at once; the rest is counted. */
const MOST_CHANGES = 12;

/** What was done after signing, one by one. */
function LaterChanges({ signature }: { signature: SignatureView }) {
  const { t } = useTranslation();
  const changes = signature.changes;
  if (changes.length === 0) return null;
  const rest = changes.length - MOST_CHANGES;
  return (
    <section data-testid={`changes-${signature.field}`}>
      <h2>{t("verify.changeList")}</h2>
      <ul className="checks">
        {changes.slice(0, MOST_CHANGES).map((change, index) => (
          // Changes are listed once for each time; their order is their identity.
          // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes order.
          <li key={index}>
            <span
              className={change.is_allowed === null ? "dot warn" : change.is_allowed ? "dot" : "dot bad"}
              aria-hidden="true"
            />
            <span className="breaks">{changeWords(change, t)}</span>
          </li>
        ))}
      </ul>
      {rest > 0 && <p className="small muted">{t("verify.moreChanges", { count: rest })}</p>}
    </section>
  );
}

/** How many marks, and on which pages; runs of pages are drawn together. */
export function marksWords(marks: { page: number }[], t: Translate): string {
  const pages = [...new Set(marks.map((mark) => mark.page))].sort((a, b) => a - b);
  const runs: [number, number][] = [];
  for (const page of pages) {
    const last = runs.at(-1);
    if (last && last[1] === page - 1) last[1] = page;
    else runs.push([page, page]);
  }
  const shown = runs.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`));
  const words = shown.slice(0, 12).join(",") + (shown.length > 12 ? "…" : "");
  return t("verify.marksShown", { count: marks.length, pages: words });
}

/** What could not be checked is neither intact nor changed. */
function intactWords(intact: boolean | null, t: Translate): [string, Tone] {
  if (intact === null) return [t("verify.intact.unknown"), "warn"];
  return intact ? [t("verify.intact.yes"), "ok"] : [t("verify.intact.no"), "bad"];
}

const findingDots: Record<Tone, string> = {
  ok: "dot",
  warn: "dot warn",
  bad: "dot bad",
  info: "dot info",
  calm: "dot info",
};

function Finding({ name, words, tone }: { name: string; words: string; tone: Tone }) {
  return (
    <li>
      <span className={findingDots[tone]} aria-hidden="true" />
      <span>
        <span className="muted">{name}　</span>
        {words}
      </span>
    </li>
  );
}

function Pair({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <span className="breaks">{value}</span>
      </dd>
    </>
  );
}
