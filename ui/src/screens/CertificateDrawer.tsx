// Details of a certificate: plain words first, then every X.509 field.
import { Drawer } from "@mantine/core";
import type { ApprovalEventView, CertificateDetailView, CertificateView, RowView } from "../bindings";
import { useCertificate } from "../bridge/queries";
import { groupedHex } from "../format/figures";
import { minute } from "../format/time";
import { CertificateTag } from "../parts/Pieces";
import { Asked } from "../parts/States";
import { codeWords, useTranslation } from "../words/words";

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

/** Label and value; times in the reader's zone. */
export function Rows({ rows, plain = false }: { rows: RowView[]; plain?: boolean }) {
  return (
    <dl className="facts small wide">
      {rows.map((row, index) => (
        // Names of X.509 fields may repeat; their order is their identity.
        <Pair
          // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes order.
          key={index}
          name={plain ? codeWords("label", row.name) : row.name}
          value={isTime.test(row.value) ? minute(row.value) : row.value}
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

/** What happened, oldest first. */
export function TimeLine({ events }: { events: ApprovalEventView[] }) {
  return (
    <ol className="timeline">
      {events.map((event) => (
        <li key={`${event.at}-${event.code}`}>
          <span className="dot" aria-hidden="true" />
          <span className="muted">{minute(event.at)}</span>
          <span className="breaks">
            {codeWords("event", event.code)}
            {event.params.reason ? `：${event.params.reason}` : ""}
          </span>
        </li>
      ))}
    </ol>
  );
}
