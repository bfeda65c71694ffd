// Writing a signature: pad, pen and ink, the drawing the core makes of it at true size, and sending it to review.
import { Button, NativeSelect, NumberInput, SegmentedControl } from "@mantine/core";
import { useDebouncedValue, useHotkeys } from "@mantine/hooks";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import {
  type CertificateView,
  commands,
  type HandwritingInput,
  type PenInk,
  type PenStrokeInput,
  type SealPreviewView,
} from "../bindings";
import { call } from "../bridge/failure";
import { drawing } from "../bridge/pictures";
import { useHandwritingPreview } from "../bridge/queries";
import { useHistory } from "../desk/history";
import { millimetres } from "../format/figures";
import { FailureNote } from "../parts/States";
import { useTranslation } from "../words/words";
import { inks, type Pen, pens } from "./pen";
import { SignaturePad } from "./SignaturePad";

/** What widths make sense, in mm. */
const [least, most] = [15, 80];
const nothing: PenStrokeInput[] = [];

export function HandwritingForm({ certificates, onClose }: { certificates: CertificateView[]; onClose: () => void }) {
  const { t } = useTranslation();
  const [certificate, setCertificate] = useState(certificates[0]?.id ?? "");
  const { now: strokes, act, undo, redo, canUndo, canRedo } = useHistory(nothing);
  const [pen, setPen] = useState<Pen>("medium");
  const [ink, setInk] = useState<PenInk>("black");
  const [width, setWidth] = useState(45);
  const input: HandwritingInput = { certificate_id: certificate, strokes, pen: pens[pen], ink, width_mm: width };
  const [shown] = useDebouncedValue(input, 200);
  const written = strokes.length > 0;
  const preview = useHandwritingPreview(shown, written && shown.strokes.length > 0);
  const create = useMutation({ mutationFn: () => call(commands.createHandwriting(input)), onSuccess: onClose });
  useHotkeys([
    ["mod+Z", undo],
    ["mod+shift+Z", redo],
    ["mod+Y", redo],
  ]);
  return (
    <section className="card stack" aria-labelledby="handwriting">
      <div>
        <h2 id="handwriting">{t("handwriting.title")}</h2>
        <p className="small muted">{t("handwriting.review")}</p>
      </div>
      <div className="signing">
        <div className="stack">
          <SignaturePad
            label={t("handwriting.pad")}
            hint={t("handwriting.hint")}
            strokes={strokes}
            pen={pens[pen]}
            ink={inks[ink]}
            onStroke={(stroke) => act((before) => [...before, stroke])}
          />
          <div className="buttons">
            <Button variant="default" data-testid="signature-undo" disabled={!canUndo} onClick={undo}>
              {t("handwriting.undo")}
            </Button>
            <Button variant="default" data-testid="signature-redo" disabled={!canRedo} onClick={redo}>
              {t("handwriting.redo")}
            </Button>
            <Button
              variant="default"
              data-testid="signature-clear"
              disabled={!written}
              onClick={() => act(() => nothing)}
            >
              {t("handwriting.clear")}
            </Button>
          </div>
          {written && preview.isError && <FailureNote error={preview.error} />}
        </div>
        <div className="stack">
          <Choice
            label={t("handwriting.pen")}
            id="signature-pen"
            value={pen}
            choices={(["thin", "medium", "thick"] as const).map((one) => [one, t(`handwriting.${one}`)])}
            onChange={setPen}
          />
          <Choice
            label={t("handwriting.ink")}
            id="signature-ink"
            value={ink}
            choices={(["black", "blue", "red"] as const).map((one) => [one, t(`handwriting.${one}`)])}
            onChange={setInk}
          />
          <NumberInput
            label={t("handwriting.width")}
            data-testid="signature-width"
            min={least}
            max={most}
            clampBehavior="blur"
            value={width}
            onChange={(value) => typeof value === "number" && value >= least && value <= most && setWidth(value)}
          />
          <NativeSelect
            label={t("seals.certificate")}
            value={certificate}
            onChange={(event) => setCertificate(event.currentTarget.value)}
            data={certificates.map((one) => ({ value: one.id, label: one.owner_name ?? "" }))}
          />
          <AsStamped view={written && !preview.isError ? preview.data : undefined} />
        </div>
      </div>
      {create.isError && <FailureNote error={create.error} />}
      <div className="buttons">
        <Button
          data-testid="signature-submit"
          loading={create.isPending}
          disabled={!written || preview.isError}
          onClick={() => create.mutate()}
        >
          {t("handwriting.submit")}
        </Button>
        <Button variant="default" onClick={onClose}>
          {t("common.cancel")}
        </Button>
      </div>
    </section>
  );
}

type ChoiceProps<T extends string> = {
  label: string;
  id: string;
  value: T;
  choices: [T, string][];
  onChange: (value: T) => void;
};

function Choice<T extends string>({ label, id, value, choices, onChange }: ChoiceProps<T>) {
  return (
    <div>
      <p className="small sub">{label}</p>
      <SegmentedControl
        fullWidth
        aria-label={label}
        data-testid={id}
        value={value}
        data={choices.map(([one, words]) => ({ value: one, label: words }))}
        onChange={(chosen) => onChange(choices.find(([one]) => one === chosen)?.[0] ?? value)}
      />
    </div>
  );
}

/** What the core will stamp: its own outline of the same points, at its true size (a CSS millimetre). */
function AsStamped({ view }: { view: SealPreviewView | undefined }) {
  const { t } = useTranslation();
  const size = view && { width: millimetres(view.width_mm), height: millimetres(view.height_mm) };
  return (
    <figure aria-label={t("seals.preview")}>
      <div className="paperwhite signpreview">
        {view && (
          <img
            src={drawing(view.svg)}
            alt={t("handwriting.title")}
            data-testid="signature-preview"
            style={{ width: `${view.width_mm}mm` }}
          />
        )}
      </div>
      <figcaption className="small muted">
        {size ? t("designer.trueSize", size) : t("handwriting.asStamped")}
      </figcaption>
    </figure>
  );
}
