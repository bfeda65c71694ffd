// Certificates: who owns and holds them, where each stands, and what can be done next.
import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { type AccountView, type CertificateAction, type CertificateView, commands } from "../bindings";
import { call } from "../bridge/failure";
import { useCertificates } from "../bridge/queries";
import { day } from "../format/time";
import { CertificateTag, Head, SavedNote } from "../parts/Pieces";
import { Asked, Empty, FailureNote } from "../parts/States";
import { type Translate, useTranslation } from "../words/words";
import { CertificateDialogs, type Opened } from "./CertificateDialogs";
import { CertificateMenu } from "./CertificateMenu";
import { BringDialog } from "./KeyFileDialogs";
import { TokenDialog } from "./TokenDialog";

export function Certificates({ account }: { account: AccountView }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const query = useCertificates();
  const [opened, setOpened] = useState<Opened | null>(null);
  const admin = account.role === "administrator";
  const [bringing, setBringing] = useState(false);
  const [tokens, setTokens] = useState(false);
  const saving = useMutation({
    mutationFn: ({ action, id }: { action: "calendar" | "export_certificate"; id: string }) =>
      call(action === "calendar" ? commands.saveCalendar(id) : commands.exportCertificate(id)),
  });
  const choose = (what: Opened["what"] | CertificateAction, certificate: CertificateView) => {
    saving.reset();
    if (what === "calendar" || what === "export_certificate") saving.mutate({ action: what, id: certificate.id });
    else setOpened({ what, certificate });
  };
  return (
    <>
      <Head
        title={t("certificates.title")}
        sub={admin ? t("certificates.sub") : t("certificates.subStaff")}
        testId="certificates"
      >
        <Button variant="default" data-testid="open-tokens" onClick={() => setTokens(true)}>
          {t("token.open")}
        </Button>
        <Button variant="default" data-testid="bring" onClick={() => setBringing(true)}>
          {t("keyFile.bring")}
        </Button>
      </Head>
      {saving.data && <SavedNote saved={saving.data} />}
      {saving.isError && <FailureNote error={saving.error} />}
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
                    <Row key={one.id} certificate={one} onOpen={(what) => choose(what, one)} />
                  ))}
                </tbody>
              </table>
            </section>
          )
        }
      </Asked>
      {opened && <CertificateDialogs opened={opened} account={account} onClose={() => setOpened(null)} />}
      {tokens && <TokenDialog onClose={() => setTokens(false)} />}
      {bringing && <BringDialog onClose={() => setBringing(false)} />}
    </>
  );
}

type RowProps = { certificate: CertificateView; onOpen: (what: Opened["what"] | CertificateAction) => void };

function Row({ certificate, onOpen }: RowProps) {
  const { t } = useTranslation();
  const kind = t(`certificateKind.${certificate.kind}`);
  const tries = certificate.tries_left;
  const issuedOrAssigned = certificate.state !== "unassigned";
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
          {certificate.other_authority
            ? t("certificates.otherAuthority", { name: certificate.order_number })
            : `${kind} · ${certificate.order_number}`}
          {certificate.token !== null && ` · ${t("token.on", { label: certificate.token })}`}
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
          {issuedOrAssigned && <CertificateMenu certificate={certificate} onChoose={onOpen} />}
        </div>
      </td>
    </tr>
  );
}

/** The one next step, or why there is none. */
function Next({ certificate, onOpen }: RowProps) {
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
  "unknown",
  "held_by_other",
  "on_other_device",
  "revoked",
  "expired",
  "administrator_assigns",
  "pin_locked",
  "unfinished",
] as const;

function whyNot(certificate: CertificateView, t: Translate): string {
  const known = reasons.find((reason) => reason === certificate.why_not);
  return known ? t(`certificates.why.${known}`) : "—";
}
