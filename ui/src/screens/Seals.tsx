// Seals: the notice first, then automatic seals with a live preview, and their export.
import { Button, Menu, Modal } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import {
  commands,
  type SavedFileView,
  type SealFormat,
  type SealNoticeView,
  type SealState,
  type SealView,
} from "../bindings";
import { call } from "../bridge/failure";
import { keys } from "../bridge/keys";
import { sealPicture } from "../bridge/pictures";
import { useCertificates, useSealNotice, useSeals } from "../bridge/queries";
import { millimetres } from "../format/figures";
import { day, minute } from "../format/time";
import { Head, SavedNote, Tag, type Tone } from "../parts/Pieces";
import { Asked, Empty, FailureNote } from "../parts/States";
import { useTranslation } from "../words/words";
import { SealForm } from "./SealForm";

export const sealTones: Record<SealState, Tone> = {
  in_review: "info",
  approved: "ok",
  rejected: "bad",
  disabled: "calm",
};

export function Seals() {
  const { t } = useTranslation();
  const notice = useSealNotice();
  const seals = useSeals();
  const [making, setMaking] = useState(false);
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
        {notice.data?.agreed_at && !making && (
          <Button data-testid="make-seal" onClick={() => setMaking(true)}>
            {t("seals.make")}
          </Button>
        )}
      </Head>
      <Asked query={notice}>
        {(view) =>
          view.agreed_at === null ? (
            <Notice notice={view} />
          ) : (
            <>
              {making && <Making onClose={() => setMaking(false)} />}
              <Asked query={seals}>
                {(list) => <List seals={list} quiet={making} onMake={() => setMaking(true)} />}
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

function Notice({ notice }: { notice: SealNoticeView }) {
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

function List({ seals, quiet, onMake }: { seals: SealView[]; quiet: boolean; onMake: () => void }) {
  const { t } = useTranslation();
  const [saved, setSaved] = useState<SavedFileView | null>(null);
  if (seals.length === 0) {
    return quiet ? null : (
      <section className="card">
        <Empty title={t("seals.empty")} hint={t("seals.emptyHint")}>
          <Button data-testid="make-first-seal" onClick={onMake}>
            {t("seals.make")}
          </Button>
        </Empty>
      </section>
    );
  }
  return (
    <>
      {saved && <SavedNote saved={saved} />}
      <div className="sealgrid">
        {seals.map((seal) => (
          <SealCard key={seal.id} seal={seal} onSaved={setSaved} />
        ))}
      </div>
    </>
  );
}

function SealCard({ seal, onSaved }: { seal: SealView; onSaved: (saved: SavedFileView) => void }) {
  const { t } = useTranslation();
  const save = useMutation({
    mutationFn: (format: SealFormat) => call(commands.exportSeal(seal.id, format)),
    onSuccess: onSaved,
  });
  const formats: [SealFormat, string][] = [
    ["svg", "SVG"],
    ["png300", t("seals.exportPng", { dpi: 300 })],
    ["png600", t("seals.exportPng", { dpi: 600 })],
    ["pdf", "PDF"],
  ];
  return (
    <article className="card sealcard" data-testid={`seal-${seal.id}`}>
      <div className="paperwhite">
        <img src={sealPicture(seal.picture)} alt={seal.name} />
      </div>
      <strong className="breaks">{seal.name}</strong>
      <span className="small muted">
        {t(`sealKind.${seal.kind}`)} ·{" "}
        {t("seals.size_mm", { width: millimetres(seal.width_mm), height: millimetres(seal.height_mm) })}
      </span>
      <span>
        <Tag tone={sealTones[seal.state]}>{t(`sealState.${seal.state}`)}</Tag>{" "}
        <span className="small muted">{day(seal.created_at)}</span>
      </span>
      {seal.reason && <span className="small note bad">{t("approvals.reason", { reason: seal.reason })}</span>}
      <Menu withinPortal shadow="md">
        <Menu.Target>
          <Button
            size="compact-sm"
            variant="default"
            loading={save.isPending}
            aria-label={`${t("seals.export")} ${seal.name}`}
          >
            {t("seals.export")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {formats.map(([format, label]) => (
            <Menu.Item key={format} onClick={() => save.mutate(format)}>
              {label}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {save.isError && <FailureNote error={save.error} />}
    </article>
  );
}
