// Seals: the notice first, then automatic seals with a live preview, photos, signatures by hand, and what there is.
import { Button, Modal } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { commands, type SealNoticeView } from "../bindings";
import { call } from "../bridge/failure";
import { keys } from "../bridge/keys";
import { useCertificates, useSealNotice, useSeals } from "../bridge/queries";
import { minute } from "../format/time";
import { Head } from "../parts/Pieces";
import { Asked, Empty, FailureNote } from "../parts/States";
import { UploadPhoto } from "../photo/UploadPhoto";
import { HandwritingForm } from "../signature/HandwritingForm";
import { useTranslation } from "../words/words";
import { SealCards } from "./SealCards";
import { SealForm } from "./SealForm";

export function Seals() {
  const { t } = useTranslation();
  const notice = useSealNotice();
  const seals = useSeals();
  const [making, setMaking] = useState<"automatic" | "handwriting" | null>(null);
  const [reading, setReading] = useState(false);
  const navigate = useNavigate();
  return (
    <>
      <Head title={t("seals.title")} sub={t("seals.sub")} testId="seals">
        <Button variant="default" data-testid="open-designer" onClick={() => void navigate("/seals/designer")}>
          {t("seals.designer")}
        </Button>
        {notice.data?.agreed_at && (
          <Button variant="default" onClick={() => setReading(true)}>
            {t("seals.noticeRead")}
          </Button>
        )}
        {notice.data?.agreed_at && !making && <UploadPhoto />}
        {notice.data?.agreed_at && !making && (
          <>
            <Button variant="default" data-testid="write-signature" onClick={() => setMaking("handwriting")}>
              {t("handwriting.write")}
            </Button>
            <Button data-testid="make-seal" onClick={() => setMaking("automatic")}>
              {t("seals.make")}
            </Button>
          </>
        )}
      </Head>
      <Asked query={notice}>
        {(view) =>
          view.agreed_at === null ? (
            <Notice notice={view} />
          ) : (
            <>
              {making === "automatic" && <Making onClose={() => setMaking(null)} />}
              {making === "handwriting" && <Writing onClose={() => setMaking(null)} />}
              <Asked query={seals}>
                {(list) => <SealCards seals={list} quiet={making !== null} onMake={() => setMaking("automatic")} />}
              </Asked>
              <Modal
                opened={reading}
                onClose={() => setReading(false)}
                size={620}
                title={<strong>{t("seals.noticeTitle")}</strong>}
                closeButtonProps={{ "aria-label": t("common.close") }}
              >
                <Words notice={view} />
                <p className="small muted" style={{ marginTop: 10 }}>
                  {t("seals.noticeAgreed", { time: minute(view.agreed_at), version: view.version })}
                </p>
              </Modal>
            </>
          )
        }
      </Asked>
    </>
  );
}

function Words({ notice }: { notice: SealNoticeView }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling text must be reachable from the keyboard.
    <div className="notice" tabIndex={0}>
      {notice.paragraphs.map((paragraph) => (
        <p key={paragraph}>{paragraph}</p>
      ))}
    </div>
  );
}

export function Notice({ notice }: { notice: SealNoticeView }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const agree = useMutation({
    mutationFn: () => call(commands.agreeSealNotice(notice.version)),
    onSuccess: (view) => client.setQueryData(keys.sealNotice, view),
  });
  return (
    <section className="card stack" aria-labelledby="notice">
      <div>
        <h2 id="notice">{t("seals.noticeTitle")}</h2>
        <p className="small muted">{t("seals.noticeVersion", { version: notice.version })}</p>
      </div>
      <Words notice={notice} />
      {agree.isError && <FailureNote error={agree.error} />}
      <div>
        <Button data-testid="agree-notice" loading={agree.isPending} onClick={() => agree.mutate()}>
          {t("seals.noticeAgree")}
        </Button>
      </div>
    </section>
  );
}

function Making({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const query = useCertificates();
  return (
    <Asked query={query}>
      {(list) => {
        const usable = list.filter((one) => one.here && (one.state === "active" || one.state === "expiring"));
        if (usable.length === 0) {
          return (
            <section className="card">
              <Empty title={t("seals.noCertificate")} hint={t("seals.noCertificateHint")}>
                <Button onClick={() => void navigate("/certificates")}>{t("seals.goCertificates")}</Button>
              </Empty>
            </section>
          );
        }
        return <SealForm certificates={usable} onClose={onClose} />;
      }}
    </Asked>
  );
}

function Writing({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const query = useCertificates();
  return (
    <Asked query={query}>
      {(list) => {
        const active = list.filter((one) => one.here && (one.state === "active" || one.state === "expiring"));
        const usable = active.filter((one) => one.kind === "personal");
        return usable.length > 0 ? (
          <HandwritingForm certificates={usable} onClose={onClose} />
        ) : (
          <section className="card">
            <Empty title={t("seals.noCertificate")} hint={t("handwriting.noCertificate")}>
              <Button onClick={() => void navigate("/certificates")}>{t("seals.goCertificates")}</Button>
              <Button variant="default" onClick={onClose}>
                {t("common.cancel")}
              </Button>
            </Empty>
          </section>
        );
      }}
    </Asked>
  );
}
