// Details of a certificate: plain words first, then every X.509 field.
import { Drawer } from "@mantine/core";
import type { ApprovalEventView, CertificateDetailView, CertificateView, RowView } from "../bindings";
import { useCertificate } from "../bridge/queries";
import { groupedHex, yuan } from "../format/figures";
import { minute } from "../format/time";
import { CertificateTag } from "../parts/Pieces";
import { Asked } from "../parts/States";
import { codeWords, type Translate, useTranslation } from "../words/words";

export function CertificateDrawer({ certificate, onClose }: { certificate: CertificateView; onClose: () => void }) {
  const { t } = useTranslation();
  const query = useCertificate(certificate.id);
  return (
    <Drawer
      opened
      onClose={onClose}
      title={
        <strong>
          {t("detail.title")} <CertificateTag state={certificate.state} />
        </strong>
      }
      closeButtonProps={{ "aria-label": t("common.close"), "data-autofocus": true } as object}
    >
      <Asked query={query}>{(detail) => <Body detail={detail} />}</Asked>
    </Drawer>
  );
}

function Body({ detail }: { detail: CertificateDetailView }) {
  const { t } = useTranslation();
  return (
    <div className="stack" data-testid="certificate-detail">
      <section>
        <h2>{t("detail.plain")}</h2>
        <Rows rows={detail.plain} plain />
      </section>
      {detail.fields.length === 0 ? (
        <p className="sub">{t("detail.notYet")}</p>
      ) : (
        <section>
          <h2>{t("detail.fields")}</h2>
          <Rows rows={detail.fields} />
          {detail.fingerprint_sha256 && (
            <>
              <p className="small muted" style={{ marginTop: 8 }}>
                {t("detail.fingerprint")}
              </p>
              <p className="mono">{groupedHex(detail.fingerprint_sha256)}</p>
            </>
          )}
        </section>
      )}
      {detail.history.length > 0 && (
        <section>
          <h2>{t("detail.history")}</h2>
          <TimeLine events={detail.history} />
        </section>
      )}
    </div>
  );
}

const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `Nov  2 17:29:08 2026 +00:00`, as X.509 tools write a time, in the reader's zone; anything else as it is. */
function certificateTime(value: string): string {
  const found = /^([A-Z][a-z]{2}) +(\d{1,2}) (\d\d:\d\d:\d\d) (\d{4}) \+00:00$/.exec(value);
  const month = months.indexOf(found?.[1] ?? "") + 1;
  if (!found || month === 0) return value;
  return minute(`${found[4]}-${String(month).padStart(2, "0")}-${found[2]?.padStart(2, "0")}T${found[3]}Z`);
}

/** Names of the algorithms this software issues and meets most, by object identifier. */
const algorithms: Record<string, string> = {
  "1.2.840.10045.2.1": "EC",
  "1.2.840.10045.4.3.2": "ECDSA SHA-256",
  "1.2.840.10045.4.3.3": "ECDSA SHA-384",
  "1.2.840.113549.1.1.1": "RSA",
  "1.2.840.113549.1.1.11": "RSA SHA-256",
};

function fieldName(name: string): string {
  return codeWords("x509", name.replace(/^extension\./, "")) ?? name;
}

function fieldValue({ name, value }: RowView): string {
  if (name === "not_before" || name === "not_after") return certificateTime(value);
  if (name.startsWith("extension.") || value.startsWith("critical\n"))
    return value
      .split("\n")
      .map((line) => codeWords("x509Value", line) ?? line)
      .join("\n");
  const algorithm = name.endsWith("algorithm") ? algorithms[value] : undefined;
  return algorithm ? `${algorithm} (${value})` : value;
}

function plainValue({ name, value }: RowView): string {
  if (isTime.test(value)) return minute(value);
  return name === "document_type" ? (codeWords("documentType", value) ?? "—") : value;
}

/** Label and value; times in the reader's zone. */
export function Rows({ rows, plain = false }: { rows: RowView[]; plain?: boolean }) {
  return (
    <dl className="facts small wide">
      {rows.map((row, index) => (
        // Names of X.509 fields may repeat; their order is their identity.
        <Pair
          // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes order.
          key={index}
          name={plain ? (codeWords("label", row.name) ?? row.name) : fieldName(row.name)}
          value={plain ? plainValue(row) : fieldValue(row)}
          mono={!plain}
        />
      ))}
    </dl>
  );
}

function Pair({ name, value, mono }: { name: string; value: string; mono: boolean }) {
  return (
    <>
      <dt className="breaks">{name}</dt>
      <dd>
        <span className={mono ? "mono" : "breaks"}>{value}</span>
      </dd>
    </>
  );
}

/** What happened, with the one fact that matters to it. */
export function eventWords({ code, params }: ApprovalEventView, t: Translate): string {
  const words = codeWords("event", code) ?? t("event.unknown");
  const fen = Number(params.amount_fen);
  const fact = params.reason
    ? (codeWords("revocationReason", params.reason) ?? params.reason)
    : params.amount_fen && Number.isFinite(fen)
      ? t("common.yuan", { amount: yuan(fen) })
      : (params.holder_name ?? params.order_number);
  return fact ? t("common.fact", { words, fact }) : words;
}

/** What happened, oldest first. */
export function TimeLine({ events }: { events: ApprovalEventView[] }) {
  const { t } = useTranslation();
  return (
    <ol className="timeline">
      {events.map((event) => (
        <li key={`${event.at}-${event.code}`}>
          <span className="dot" aria-hidden="true" />
          <span className="muted">{minute(event.at)}</span>
          <span className="breaks">{eventWords(event, t)}</span>
        </li>
      ))}
    </ol>
  );
}
