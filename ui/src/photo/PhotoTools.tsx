// The column beside the photo: what came of it, what to know about it, and what can be wished for.
import { Button, NativeSelect, NumberInput, SegmentedControl } from "@mantine/core";
import type { CertificateView, CleanedPhotoView, PhotoInk, PhotoWarning, SealKind } from "../bindings";
import { sealPicture } from "../bridge/pictures";
import { millimetres } from "../format/figures";
import { Tag } from "../parts/Pieces";
import { FailureNote, Waiting } from "../parts/States";
import { sizes } from "../screens/SealForm";
import { useTranslation } from "../words/words";
import { offeredWidths, turnedBy, uploadKinds, WIDTHS_MM, type Wishes } from "./wishes";

/** Enough for print. */
const ENOUGH_DPI = 300;

export type ToolsProps = {
  cleaned: CleanedPhotoView | undefined;
  /** The turn the clean picture has; what is wished beyond it is shown by turning the picture. */
  cleanedTurn: number;
  failed: unknown;
  busy: boolean;
  wishes: Wishes;
  certificates: CertificateView[];
  certificate: CertificateView | undefined;
  kind: SealKind;
  onWish: (part: Partial<Wishes>, tag?: string) => void;
};

export function PhotoTools(props: ToolsProps) {
  return (
    <div className="tools phototools">
      <Result {...props} />
      <Use {...props} />
      <Look {...props} />
    </div>
  );
}

function Result({ cleaned, cleanedTurn, failed, busy, wishes }: ToolsProps) {
  const { t } = useTranslation();
  return (
    <section className="card stack tight" aria-labelledby="clean-result" aria-busy={busy}>
      <h2 id="clean-result" className="row between">
        {t("photo.result")}
        {cleaned && (
          <Tag tone={cleaned.dpi < ENOUGH_DPI ? "warn" : "ok"}>{t("photo.dpi", { dpi: Math.round(cleaned.dpi) })}</Tag>
        )}
      </h2>
      {failed ? (
        <FailureNote error={failed} />
      ) : cleaned ? (
        <>
          <div className="paperwhite photoresult">
            <img
              src={sealPicture(cleaned.picture)}
              alt={t("photo.result")}
              data-testid="clean-picture"
              style={{ transform: `rotate(${wishes.turn - cleanedTurn}deg)` }}
            />
          </div>
          <p className="small muted" data-testid="clean-size">
            {t("seals.size_mm", { width: millimetres(cleaned.width_mm), height: millimetres(cleaned.height_mm) })}
            {" · "}
            {cleaned.mark === "seal" && cleaned.shape !== "free"
              ? t("photo.straightened", { degrees: Math.abs(cleaned.angle_degrees).toFixed(1) })
              : t(`photo.mark.${cleaned.mark}`)}
          </p>
          {cleaned.warnings.map((warning) => (
            <Warning key={warning} warning={warning} dpi={Math.round(cleaned.dpi)} />
          ))}
        </>
      ) : (
        <Waiting text={t("photo.cleaning")} />
      )}
    </section>
  );
}

function Warning({ warning, dpi }: { warning: PhotoWarning; dpi: number }) {
  const { t } = useTranslation();
  return (
    <p className="note warn small" data-testid={`warning-${warning}`}>
      {t(`photo.warning.${warning}`, { dpi })}
    </p>
  );
}

function Use({ certificates, certificate, kind, cleaned, wishes, onWish }: ToolsProps) {
  const { t } = useTranslation();
  const kinds = uploadKinds[certificate?.kind ?? "enterprise"];
  const [least, most] = WIDTHS_MM;
  const width = wishes.widthMm ?? cleaned?.width_mm ?? sizes[kind];
  return (
    <section className="card stack tight" aria-label={t("photo.use")}>
      {certificates.length === 0 ? (
        <p className="note warn small">{t("seals.noCertificateHint")}</p>
      ) : (
        <NativeSelect
          size="xs"
          label={t("seals.certificate")}
          data-testid="photo-certificate"
          value={certificate?.id ?? ""}
          onChange={(event) => onWish({ certificateId: event.currentTarget.value, kind: null })}
          data={certificates.map((one) => ({
            value: one.id,
            label: t("common.aside", { words: one.owner_name ?? "", aside: t(`certificateKind.${one.kind}`) }),
          }))}
        />
      )}
      <NativeSelect
        size="xs"
        label={t("seals.kind")}
        data-testid="photo-kind"
        value={kind}
        data={kinds.map((one) => ({ value: one, label: t(`sealKind.${one}`) }))}
        onChange={(event) => {
          const chosen = kinds.find((one) => one === event.currentTarget.value) ?? kind;
          onWish({ kind: chosen, widthMm: sizes[chosen] });
        }}
      />
      <NumberInput
        size="xs"
        label={t("photo.width")}
        data-testid="photo-width"
        min={least}
        max={most}
        step={0.5}
        decimalScale={1}
        clampBehavior="blur"
        value={Math.round(width * 10) / 10}
        onChange={(next) =>
          typeof next === "number" && next >= least && next <= most && onWish({ widthMm: next }, "width")
        }
      />
      <div className="quick">
        {offeredWidths[cleaned?.shape ?? "free"].map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={Math.abs(width - one) < 0.05}
            onClick={() => onWish({ widthMm: one })}
          >
            {one} mm
          </button>
        ))}
      </div>
    </section>
  );
}

const inks: Record<"seal" | "signature", PhotoInk[]> = {
  seal: ["kept", "red"],
  signature: ["kept", "black", "blue"],
};

function Look({ kind, wishes, onWish }: ToolsProps) {
  const { t } = useTranslation();
  const offered = inks[kind === "handwritten" ? "signature" : "seal"];
  const turn = Math.round(wishes.turn * 10) / 10;
  return (
    <section className="card stack tight" aria-label={t("photo.look")}>
      <p className="small sub">{t("photo.ink")}</p>
      <SegmentedControl
        size="xs"
        fullWidth
        aria-label={t("photo.ink")}
        data-testid="photo-ink"
        value={offered.includes(wishes.ink) ? wishes.ink : "kept"}
        data={offered.map((ink) => ({ value: ink, label: t(`photo.inks.${ink}`) }))}
        onChange={(value) => onWish({ ink: offered.find((ink) => ink === value) ?? "kept" })}
      />
      <div className="row between">
        <label className="small sub" htmlFor="photo-turn">
          {t("photo.turn")}
        </label>
        <output className="small" htmlFor="photo-turn" data-testid="photo-turned">
          {turn > 0 ? "+" : ""}
          {turn}°
        </output>
      </div>
      <input
        id="photo-turn"
        data-testid="photo-turn"
        type="range"
        min={-180}
        max={180}
        step={0.5}
        value={wishes.turn}
        onChange={(event) => onWish({ turn: Number(event.currentTarget.value) }, "turn")}
      />
      <div className="quick">
        <button type="button" data-testid="turn-left" onClick={() => onWish({ turn: turnedBy(wishes.turn, -90) })}>
          {t("photo.turnLeft")}
        </button>
        <button type="button" data-testid="turn-right" onClick={() => onWish({ turn: turnedBy(wishes.turn, 90) })}>
          {t("photo.turnRight")}
        </button>
        <button type="button" disabled={wishes.turn === 0} onClick={() => onWish({ turn: 0 })}>
          {t("photo.turnBack")}
        </button>
      </div>
    </section>
  );
}

/** Undo and redo, as on the desk. */
export function Steps({
  canUndo,
  canRedo,
  onUndo,
  onRedo,
}: {
  canUndo: boolean;
  canRedo: boolean;
  onUndo: () => void;
  onRedo: () => void;
}) {
  const { t } = useTranslation();
  return (
    <span className="buttons">
      <Button size="compact-sm" variant="default" data-testid="photo-undo" disabled={!canUndo} onClick={onUndo}>
        {t("desk.undo")}
      </Button>
      <Button size="compact-sm" variant="default" data-testid="photo-redo" disabled={!canRedo} onClick={onRedo}>
        {t("desk.redo")}
      </Button>
    </span>
  );
}
