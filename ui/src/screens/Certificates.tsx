// Certificates: who owns and holds them, where each stands, and what can be done next.
import { Button } from "@mantine/core";
import { useState } from "react";
import { useNavigate } from "react-router";
import type { AccountView, CertificateView } from "../bindings";
import { useCertificates } from "../bridge/queries";
import { day } from "../format/time";
import { CertificateTag, Head } from "../parts/Pieces";
import { Asked, Empty } from "../parts/States";
import { type Translate, useTranslation } from "../words/words";
import { AssignDialog } from "./AssignDialog";
import { CertificateDrawer } from "./CertificateDrawer";
import { HolderDialog } from "./HolderDialog";
import { ImportDialog } from "./ImportDialog";

type Opened = { what: "assign" | "import" | "holder" | "detail"; certificate: CertificateView };

export function Certificates({ account }: { account: AccountView }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const query = useCertificates();
  const [opened, setOpened] = useState<Opened | null>(null);
  const admin = account.role === "administrator";
  const close = () => setOpened(null);
  return (
    <>
      <Head
        title={t("certificates.title")}
        sub={admin ? t("certificates.sub") : t("certificates.subStaff")}
        testId="certificates"
      />
      <Asked query={query}>
        {(list) =>
          list.length === 0 ? (
            <section className="card">
              <Empty
                title={t("certificates.empty")}
                hint={admin ? t("certificates.emptyHint") : t("certificates.emptyHintStaff")}
              >
                {admin && <Button onClick={() => void navigate("/purchase")}>{t("certificates.buy")}</Button>}
              </Empty>
            </section>
          ) : (
            <section className="card flat">
              <table className="list">
                <thead>
                  <tr>
                    <th>{t("certificates.kind")}</th>
                    <th>{t("certificates.holder")}</th>
                    <th>{t("certificates.state")}</th>
                    <th>{t("certificates.validTo")}</th>
                    <th>{t("certificates.next")}</th>
                  </tr>
                </thead>
                <tbody>
                  {list.map((one) => (
                    <Row
                      key={one.id}
                      certificate={one}
                      admin={admin}
                      onOpen={(what) => setOpened({ what, certificate: one })}
                    />
                  ))}
                </tbody>
              </table>
            </section>
          )
        }
      </Asked>
      {opened?.what === "assign" && <AssignDialog certificate={opened.certificate} account={account} onClose={close} />}
      {opened?.what === "import" && <ImportDialog certificate={opened.certificate} onClose={close} />}
      {opened?.what === "holder" && <HolderDialog certificate={opened.certificate} onClose={close} />}
      {opened?.what === "detail" && <CertificateDrawer certificate={opened.certificate} onClose={close} />}
    </>
  );
}

type RowProps = { certificate: CertificateView; admin: boolean; onOpen: (what: Opened["what"]) => void };

function Row({ certificate, admin, onOpen }: RowProps) {
  const { t } = useTranslation();
  const kind = t(`certificateKind.${certificate.kind}`);
  const tries = certificate.tries_left;
  const holderFixed =
    certificate.state === "unassigned" || certificate.state === "expired" || certificate.state === "revoked";
  return (
    <tr data-testid={`certificate-${certificate.id}`} data-state={certificate.state} data-kind={certificate.kind}>
      <td>
        <button
          type="button"
          className="plain"
          onClick={() => onOpen("detail")}
          aria-label={`${t("common.details")} ${kind} ${certificate.owner_name ?? ""}`}
          data-testid={`detail-${certificate.id}`}
        >
          <strong>{certificate.owner_name ?? t("certificates.notOwner")}</strong>
        </button>
        <br />
        <span className="small muted">
          {kind} · {certificate.order_number}
        </span>
      </td>
      <td className="keep">{certificate.holder?.name ?? <span className="muted">—</span>}</td>
      <td>
        <CertificateTag state={certificate.state} />
        {certificate.here && tries !== null && tries < 5 && (
          <>
            <br />
            <span className="small" style={{ color: "var(--warn)" }}>
              {tries === 0 ? t("certificates.locked") : t("certificates.tries", { count: tries })}
            </span>
          </>
        )}
      </td>
      <td className="keep">
        {certificate.valid_to ? (
          day(certificate.valid_to)
        ) : (
          <span className="muted">{t("certificates.afterImport")}</span>
        )}
        {certificate.days_left !== null && certificate.days_left >= 0 && certificate.valid_to && (
          <>
            <br />
            <span className="small muted">{t("certificates.daysLeft", { count: certificate.days_left })}</span>
          </>
        )}
      </td>
      <td>
        <div className="buttons">
          <Next certificate={certificate} onOpen={onOpen} />
          {admin && !holderFixed && (
            <Button
              size="compact-sm"
              variant="default"
              data-testid={`holder-${certificate.id}`}
              onClick={() => onOpen("holder")}
            >
              {t("certificates.changeHolder")}
            </Button>
          )}
        </div>
      </td>
    </tr>
  );
}

/** The one next step, or why there is none. */
function Next({ certificate, onOpen }: Omit<RowProps, "admin">) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { id, next } = certificate;
  switch (next) {
    case "assign":
      return (
        <Button size="compact-sm" data-testid={`assign-${id}`} onClick={() => onOpen("assign")}>
          {t("certificates.assign")}
        </Button>
      );
    case "import":
      return (
        <Button size="compact-sm" data-testid={`import-${id}`} onClick={() => onOpen("import")}>
          {t("certificates.import")}
        </Button>
      );
    case "finish_import":
      return (
        <Button size="compact-sm" data-testid={`import-${id}`} onClick={() => onOpen("import")}>
          {t("certificates.finishImport")}
        </Button>
      );
    case "make_seal":
      return (
        <Button size="compact-sm" data-testid={`make-seal-${id}`} onClick={() => void navigate("/seals")}>
          {t("certificates.makeSeal")}
        </Button>
      );
    case "sign":
      return (
        <Button size="compact-sm" variant="default" onClick={() => void navigate("/desk")}>
          {t("certificates.sign")}
        </Button>
      );
    case "wait_for_holder":
      return <span className="small sub">{t("certificates.wait", { name: certificate.holder?.name ?? "" })}</span>;
    case "none":
      return <span className="small sub">{whyNot(certificate, t)}</span>;
  }
}

const reasons = [
  "held_by_other",
  "on_other_device",
  "revoked",
  "expired",
  "administrator_assigns",
  "pin_locked",
] as const;

function whyNot(certificate: CertificateView, t: Translate): string {
  const known = reasons.find((reason) => reason === certificate.why_not);
  return known ? t(`certificates.why.${known}`) : "—";
}
