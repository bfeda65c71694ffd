// One use of a key in full: what was made, by whom, with what, and its place in the chain.
import { Drawer } from "@mantine/core";
import type { ReactNode } from "react";
import type { SealLogRowState, SealLogRowView } from "../bindings";
import { groupedHex } from "../format/figures";
import { minute } from "../format/time";
import { CopyButton, Tag, type Tone } from "../parts/Pieces";
import { useTranslation } from "../words/words";

const tones: Record<SealLogRowState, Tone> = { handed_in: "ok", waiting: "info", doubtful: "bad" };

/** How far an entry has come, as a word. */
export function SealLogTag({ state }: { state: SealLogRowState }) {
  const { t } = useTranslation();
  return <Tag tone={tones[state]}>{t(`sealLog.state.${state}`)}</Tag>;
}

export function SealLogDrawer({ row, onClose }: { row: SealLogRowView; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Drawer
      opened
      onClose={onClose}
      title={
        <strong>
          {t("sealLog.detail")} <SealLogTag state={row.state} />
        </strong>
      }
      closeButtonProps={{ "aria-label": t("common.close"), "data-autofocus": true } as object}
    >
      <div className="stack" data-testid="log-detail">
        <dl className="facts small wide">
          <Fact name={t("sealLog.column.file")}>{row.file_name}</Fact>
          <Fact name={t("sealLog.column.at")}>{minute(row.at)}</Fact>
          <Fact name={t("sealLog.column.kind")}>{t(`sealLog.kind.${row.kind}`)}</Fact>
          <Fact name={t("sealLog.column.person")}>{row.person}</Fact>
          <Fact name={t("sealLog.device")}>
            {row.device_name === null ? t("sealLog.thisDevice") : row.device_name || t("sealLog.noDevice")}
          </Fact>
          <Fact name={t("sealLog.owner")}>{row.owner_name || t("sealLog.older")}</Fact>
          <Fact name={t("sealLog.serial")}>
            {row.serial ? <span className="mono">{groupedHex(row.serial)}</span> : t("sealLog.older")}
          </Fact>
          <Fact name={t("sealLog.column.marks")}>{t("sealLog.marksCount", { count: row.marks })}</Fact>
          <Fact name={t("sealLog.seals")}>
            {row.seals.length > 0 ? row.seals.join(t("common.list")) : t("sealLog.noSeals")}
          </Fact>
        </dl>
        <Digest
          name={row.kind === "scan_digest" ? t("sealLog.sha256Digest") : t("sealLog.sha256")}
          value={row.sha256}
          testId="log-sha256"
        />
        <dl className="facts small wide">
          <Fact name={t("sealLog.position")}>{row.position}</Fact>
          {row.handed_in_at && <Fact name={t("sealLog.handedInAt")}>{minute(row.handed_in_at)}</Fact>}
        </dl>
        <Digest name={t("sealLog.hash")} value={row.hash} hint={t("sealLog.hashHint")} />
      </div>
    </Drawer>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd className="breaks">{children}</dd>
    </>
  );
}

/** A whole digest, to compare and to copy. */
function Digest({ name, value, hint, testId }: { name: string; value: string; hint?: string; testId?: string }) {
  return (
    <section>
      <div className="row between">
        <span className="small muted">{name}</span>
        <CopyButton text={value} name={name} />
      </div>
      <p className="mono" data-testid={testId}>
        {value}
      </p>
      {hint && <p className="small muted">{hint}</p>}
    </section>
  );
}
