// Every seal as a card: those in use, those under review, and those kept only for old records.
import { Button, Menu, SegmentedControl } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { commands, type SavedFileView, type SealFormat, type SealState, type SealView } from "../bindings";
import { call } from "../bridge/failure";
import { sealPicture } from "../bridge/pictures";
import { useCertificates } from "../bridge/queries";
import { millimetres } from "../format/figures";
import { day, minute } from "../format/time";
import { FormDialog } from "../parts/Dialogs";
import { SavedNote, Tag, type Tone } from "../parts/Pieces";
import { Empty, FailureNote } from "../parts/States";
import { Declare } from "../photo/Declare";
import { usePhotoChoice } from "../photo/UploadPhoto";
import { useTranslation } from "../words/words";

const tones: Record<SealState, Tone> = {
  in_review: "info",
  approved: "ok",
  rejected: "bad",
  disabled: "calm",
  replaced: "calm",
  unknown: "calm",
};

const groups = ["all", "usable", "review", "former"] as const;
type Group = (typeof groups)[number];
const states: Record<Group, ReadonlySet<SealState>> = {
  usable: new Set<SealState>(["approved"]),
  review: new Set<SealState>(["in_review", "rejected"]),
  former: new Set<SealState>(["disabled", "replaced"]),
  all: new Set<SealState>(["approved", "in_review", "rejected", "disabled", "replaced"]),
};

type Props = { seals: SealView[]; quiet: boolean; onMake: () => void };

export function SealCards({ seals, quiet, onMake }: Props) {
  const { t } = useTranslation();
  const [saved, setSaved] = useState<SavedFileView | null>(null);
  const [group, setGroup] = useState<Group>("all");
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
  const of = (one: Group) => seals.filter((seal) => states[one].has(seal.state));
  // What stamps comes first, what is only a record last.
  const rank = (seal: SealView) => (states.usable.has(seal.state) ? 0 : states.review.has(seal.state) ? 1 : 2);
  const shown = of(group).sort((one, other) => rank(one) - rank(other));
  return (
    <>
      {saved && <SavedNote saved={saved} />}
      <AskedAgain seals={seals} />
      {of("usable").length < seals.length && (
        <div>
          <SegmentedControl
            size="xs"
            aria-label={t("seals.filter")}
            data-testid="seal-filter"
            value={group}
            data={groups
              .filter((one) => one === group || of(one).length > 0)
              .map((one) => ({ value: one, label: t(`seals.group.${one}`, { count: of(one).length }) }))}
            onChange={(value) => setGroup(groups.find((one) => one === value) ?? "all")}
          />
        </div>
      )}
      {shown.length === 0 ? (
        <section className="card">
          <Empty title={t("seals.noneHere")} hint={t("seals.noneHereHint")} />
        </section>
      ) : (
        <div className="sealgrid">
          {shown.map((seal) => (
            <SealCard key={seal.id} seal={seal} onSaved={setSaved} />
          ))}
        </div>
      )}
    </>
  );
}

/** After a reissue the seals are asked for again: one button for each that stamped before. */
function AskedAgain({ seals }: { seals: SealView[] }) {
  const { t } = useTranslation();
  const certificates = useCertificates();
  const [renewing, setRenewing] = useState<SealView | null>(null);
  const waiting = (certificates.data ?? []).filter(
    (one) =>
      one.here &&
      (one.state === "active" || one.state === "expiring") &&
      !seals.some(
        (seal) => seal.certificate_id === one.id && (seal.state === "approved" || seal.state === "in_review"),
      ),
  );
  const asked = waiting
    .map((certificate) => ({
      certificate,
      former: seals.filter(
        (seal) => seal.certificate_id === certificate.id && seal.state === "replaced" && seal.replaced_by === null,
      ),
    }))
    .filter((one) => one.former.length > 0);
  return (
    <>
      {asked.map(({ certificate, former }) => (
        <div key={certificate.id} className="note warn stack tight" data-testid="asked-again">
          <span>
            <strong>{t("seals.askedAgain", { name: certificate.owner_name ?? "" })}</strong> {t("seals.askedAgainHint")}
          </span>
          <span className="buttons">
            {former.map((seal) => (
              <Button
                key={seal.id}
                size="compact-sm"
                variant="default"
                data-testid={`take-over-${seal.id}`}
                onClick={() => setRenewing(seal)}
              >
                {t("seals.takeOver", { name: t(`sealKind.${seal.kind}`) })}
              </Button>
            ))}
          </span>
        </div>
      ))}
      {renewing && <Renew seal={renewing} onClose={() => setRenewing(null)} />}
    </>
  );
}

function SealCard({ seal, onSaved }: { seal: SealView; onSaved: (saved: SavedFileView) => void }) {
  const { t } = useTranslation();
  const former = states.former.has(seal.state);
  return (
    <article
      className="card sealcard"
      data-testid={`seal-${seal.id}`}
      data-state={seal.state}
      data-origin={seal.origin}
      data-former={former || undefined}
    >
      <div className="paperwhite">
        <img src={sealPicture(seal.picture)} alt={seal.name} />
      </div>
      <strong className="breaks">{seal.name}</strong>
      <span className="small muted">
        {t(`sealKind.${seal.kind}`)} ·{" "}
        {t("seals.size_mm", { width: millimetres(seal.width_mm), height: millimetres(seal.height_mm) })}
      </span>
      <span>
        <Tag tone={tones[seal.state]}>{t(`sealState.${seal.state}`)}</Tag>{" "}
        <span className="small muted">
          {t(`sealOrigin.${seal.origin}`)} · {day(seal.ended_at ?? seal.created_at)}
        </span>
      </span>
      {former && <span className="small muted">{t(formerWords(seal))}</span>}
      {seal.state === "in_review" && <span className="small muted">{t("seals.inReviewHint")}</span>}
      {seal.declared_at && (
        <span className="small muted">
          {t("seals.declared", { time: minute(seal.declared_at), version: seal.declaration_version ?? 1 })}
        </span>
      )}
      {seal.reason && <span className="small note bad">{t("approvals.reason", { reason: seal.reason })}</span>}
      <Actions seal={seal} onSaved={onSaved} />
    </article>
  );
}

function formerWords(seal: SealView) {
  if (seal.state === "disabled") return "seals.disabledHint";
  return seal.replaced_by === null ? "seals.reissuedHint" : "seals.replacedHint";
}

function Actions({ seal, onSaved }: { seal: SealView; onSaved: (saved: SavedFileView) => void }) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState<"disable" | "renew" | null>(null);
  // A rejected picture takes nobody's place; another is simply sent.
  const replace = usePhotoChoice(seal.state === "approved" ? seal.id : undefined);
  const inUse = seal.state === "approved";
  const again = states.former.has(seal.state);
  return (
    <>
      <span className="buttons cardactions">
        <Export seal={seal} onSaved={onSaved} />
        {seal.state === "rejected" && seal.origin === "uploaded" && (
          <Button
            size="compact-sm"
            data-testid={`upload-again-${seal.id}`}
            loading={replace.isPending}
            onClick={() => replace.mutate()}
          >
            {t("seals.uploadAgain")}
          </Button>
        )}
        {(inUse || again) && (
          <Menu withinPortal shadow="md">
            <Menu.Target>
              <Button
                size="compact-sm"
                variant="default"
                data-testid={`more-${seal.id}`}
                aria-label={`${t("certificates.more")} ${seal.name}`}
              >
                {t("certificates.more")}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {inUse && (
                <Menu.Item data-testid={`replace-${seal.id}`} onClick={() => replace.mutate()}>
                  {t("seals.replace")}
                </Menu.Item>
              )}
              {inUse && (
                <Menu.Item data-testid={`disable-${seal.id}`} onClick={() => setAsking("disable")}>
                  {t("seals.disable")}
                </Menu.Item>
              )}
              {again && (
                <Menu.Item data-testid={`renew-${seal.id}`} onClick={() => setAsking("renew")}>
                  {t("seals.renew")}
                </Menu.Item>
              )}
            </Menu.Dropdown>
          </Menu>
        )}
      </span>
      {replace.isError && <FailureNote error={replace.error} />}
      {asking === "disable" && <Disable seal={seal} onClose={() => setAsking(null)} />}
      {asking === "renew" && <Renew seal={seal} onClose={() => setAsking(null)} />}
    </>
  );
}

function Export({ seal, onSaved }: { seal: SealView; onSaved: (saved: SavedFileView) => void }) {
  const { t } = useTranslation();
  const save = useMutation({
    mutationFn: (format: SealFormat) => call(commands.exportSeal(seal.id, format)),
    onSuccess: onSaved,
  });
  const drawn: [SealFormat, string][] = [
    ["svg", "SVG"],
    ["png300", t("seals.exportPng", { dpi: 300 })],
    ["png600", t("seals.exportPng", { dpi: 600 })],
    ["pdf", "PDF"],
  ];
  const formats: [SealFormat, string][] = seal.origin === "uploaded" ? [["png600", t("seals.exportOwnPng")]] : drawn;
  return (
    <>
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
    </>
  );
}

function Disable({ seal, onClose }: { seal: SealView; onClose: () => void }) {
  const { t } = useTranslation();
  const run = useMutation({ mutationFn: () => call(commands.disableSeal(seal.id)), onSuccess: onClose });
  return (
    <FormDialog
      title={t("seals.disable")}
      opened
      onClose={onClose}
      onSubmit={() => run.mutate()}
      submit={t("seals.disable")}
      busy={run.isPending}
      error={run.error}
    >
      <p className="breaks">
        <strong>{seal.name}</strong>
      </p>
      <p className="sub">{t("seals.disableText")}</p>
    </FormDialog>
  );
}

/** A former seal once more: an uploaded one with its declaration, the others at once. */
function Renew({ seal, onClose }: { seal: SealView; onClose: () => void }) {
  const { t } = useTranslation();
  const [key] = useState(() => crypto.randomUUID());
  const run = useMutation({
    mutationFn: (declaration: number | null) =>
      call(commands.renewSeal({ seal_id: seal.id, declaration_version: declaration, idempotency_key: key })),
    onSuccess: onClose,
  });
  const what = (
    <p className="breaks">
      <strong>{seal.name}</strong> ·{" "}
      {t("seals.size_mm", { width: millimetres(seal.width_mm), height: millimetres(seal.height_mm) })}
    </p>
  );
  if (seal.origin === "uploaded")
    return (
      <Declare
        title={t("seals.renew")}
        busy={run.isPending}
        error={run.error}
        onClose={onClose}
        onDeclared={(view) => run.mutate(view.version)}
      >
        {what}
      </Declare>
    );
  return (
    <FormDialog
      title={t("seals.renew")}
      opened
      onClose={onClose}
      onSubmit={() => run.mutate(null)}
      submit={t("seals.renew")}
      busy={run.isPending}
      error={run.error}
    >
      {what}
      <p className="sub">{t(seal.origin === "automatic" ? "seals.renewText" : "seals.renewReviewed")}</p>
    </FormDialog>
  );
}
