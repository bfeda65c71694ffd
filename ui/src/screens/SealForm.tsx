// Making an automatic seal: the certificate gives the words, the form the kind and size, the core the drawing.
import { Button, Checkbox, NativeSelect, NumberInput, SegmentedControl } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import {
  type AutomaticSealInput,
  type CertificateView,
  commands,
  type NameSealSuffix,
  type SealKind,
  type SealPreviewView,
} from "../bindings";
import { call } from "../bridge/failure";
import { drawing } from "../bridge/pictures";
import { useSealPreview } from "../bridge/queries";
import { millimetres } from "../format/figures";
import { FailureNote, Waiting } from "../parts/States";
import { useTranslation } from "../words/words";

const kindsOf: Record<CertificateView["kind"], readonly SealKind[]> = {
  enterprise: ["company", "bid_purpose", "contract_purpose", "finance_purpose", "invoice"],
  personal: ["personal_name", "legal_representative"],
  unknown: [],
};

/** The customary size of each kind, in mm. */
export const sizes: Record<SealKind, number> = {
  company: 40,
  bid_purpose: 40,
  contract_purpose: 40,
  finance_purpose: 38,
  invoice: 40,
  legal_representative: 18,
  personal_name: 18,
  handwritten: 45,
};
/** The diameters round seals may have, in mm. */
const diameters = [38, 40, 42, 45] as const;
/** What sides of name seals make sense, in mm. */
const sides: [number, number] = [10, 30];
/** Kinds that may have the star or leave the middle to their purpose. */
const starred: ReadonlySet<SealKind> = new Set<SealKind>(["bid_purpose", "contract_purpose", "finance_purpose"]);
const faces = ["song", "kai", "brush"] as const;

export function SealForm({ certificates, onClose }: { certificates: CertificateView[]; onClose: () => void }) {
  const { t } = useTranslation();
  const [input, setInput] = useState(() => startFor(certificates.find((one) => !one.has_seal) ?? certificates[0]));
  const [shown] = useDebouncedValue(input, 200);
  const preview = useSealPreview(shown, shown.certificate_id !== "");
  const create = useMutation({ mutationFn: () => call(commands.createAutomaticSeal(input)), onSuccess: onClose });
  const chosen = certificates.find((one) => one.id === input.certificate_id);
  const choose = (id: string) => setInput(startFor(certificates.find((one) => one.id === id)));
  return (
    <section className="card">
      <form
        className="two even"
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate();
        }}
      >
        <div className="stack">
          <NativeSelect
            label={t("seals.certificate")}
            data-testid="seal-certificate"
            value={input.certificate_id}
            onChange={(event) => choose(event.currentTarget.value)}
            data={certificates.map((one) => ({
              value: one.id,
              label: t("common.aside", { words: one.owner_name ?? "", aside: t(`certificateKind.${one.kind}`) }),
            }))}
          />
          <Choices
            input={input}
            kind={chosen?.kind ?? "enterprise"}
            onChange={(part) => setInput({ ...input, ...part })}
          />
          {create.isError && <FailureNote error={create.error} />}
          <div className="buttons">
            <Button type="submit" data-testid="create-seal" loading={create.isPending} disabled={preview.isError}>
              {t("seals.create")}
            </Button>
            <Button variant="default" onClick={onClose}>
              {t("common.cancel")}
            </Button>
          </div>
        </div>
        <figure aria-label={t("seals.preview")}>
          {preview.isError ? (
            <FailureNote error={preview.error} />
          ) : preview.data ? (
            <Preview view={preview.data} />
          ) : (
            <Waiting text={t("seals.waiting")} />
          )}
        </figure>
      </form>
    </section>
  );
}

function startFor(certificate: CertificateView | undefined): AutomaticSealInput {
  const kind = kindsOf[certificate?.kind ?? "enterprise"][0] ?? "company";
  const named = certificate?.kind === "personal";
  return {
    certificate_id: certificate?.id ?? "",
    kind,
    style: named ? "zhu" : null,
    suffix: named ? "yin" : null,
    typeface: null,
    star: null,
    size_mm: sizes[kind],
  };
}

type ChoicesProps = {
  input: AutomaticSealInput;
  kind: CertificateView["kind"];
  onChange: (part: Partial<AutomaticSealInput>) => void;
};

function Choices({ input, kind, onChange }: ChoicesProps) {
  const { t } = useTranslation();
  const kinds = kindsOf[kind];
  const suffixes: { value: NameSealSuffix; label: string }[] = [
    { value: "none", label: t("seals.suffixNone") },
    { value: "yin", label: t("seals.suffixYin") },
    { value: "zhi_yin", label: t("seals.suffixZhiYin") },
  ];
  return (
    <>
      <NativeSelect
        label={t("seals.kind")}
        data-testid="seal-kind"
        value={input.kind}
        data={kinds.map((one) => ({ value: one, label: t(`sealKind.${one}`) }))}
        onChange={(event) => {
          const chosen = kinds.find((one) => one === event.currentTarget.value) ?? input.kind;
          onChange({ kind: chosen, size_mm: sizes[chosen], typeface: null });
        }}
      />
      <NativeSelect
        label={t("seals.typeface")}
        data-testid="seal-typeface"
        value={input.typeface ?? (input.kind === "invoice" ? "kai" : "song")}
        data={faces.map((face) => ({ value: face, label: t(`sealTypeface.${face}`) }))}
        onChange={(event) => onChange({ typeface: faces.find((face) => face === event.currentTarget.value) ?? null })}
      />
      {starred.has(input.kind) && (
        <Checkbox
          label={t("seals.star")}
          checked={input.star ?? true}
          onChange={(event) => onChange({ star: event.currentTarget.checked })}
        />
      )}
      {kind === "personal" && (
        <>
          <div>
            <p className="small sub">{t("seals.style")}</p>
            <SegmentedControl
              aria-label={t("seals.style")}
              value={input.style ?? "zhu"}
              data={[
                { value: "zhu", label: t("seals.zhu") },
                { value: "bai", label: t("seals.bai") },
              ]}
              onChange={(style) => onChange({ style: style === "bai" ? "bai" : "zhu" })}
            />
          </div>
          <div>
            <p className="small sub">{t("seals.suffix")}</p>
            <SegmentedControl
              aria-label={t("seals.suffix")}
              value={input.suffix ?? "yin"}
              data={suffixes}
              onChange={(suffix) => onChange({ suffix: suffixes.find((one) => one.value === suffix)?.value ?? "yin" })}
            />
          </div>
        </>
      )}
      {input.kind !== "invoice" && (
        <Size kind={kind} value={input.size_mm} onChange={(size_mm) => onChange({ size_mm })} />
      )}
    </>
  );
}

type SizeProps = { kind: CertificateView["kind"]; value: number; onChange: (value: number) => void };

/** Round seals have the sizes local rules name; a name seal is as large as one likes. */
function Size({ kind, value, onChange }: SizeProps) {
  const { t } = useTranslation();
  const [least, most] = sides;
  if (kind === "enterprise") {
    return (
      <NativeSelect
        label={t("seals.size")}
        data-testid="seal-size"
        w={160}
        value={String(value)}
        data={diameters.map(String)}
        onChange={(event) => onChange(Number(event.currentTarget.value))}
      />
    );
  }
  return (
    <NumberInput
      label={t("seals.sizeSquare")}
      data-testid="seal-size"
      w={160}
      min={least}
      max={most}
      step={1}
      decimalScale={1}
      clampBehavior="blur"
      value={value}
      onChange={(next) => typeof next === "number" && next >= least && next <= most && onChange(next)}
    />
  );
}

function Preview({ view }: { view: SealPreviewView }) {
  const { t } = useTranslation();
  return (
    <>
      <div className="paperwhite previewbox">
        <img src={drawing(view.svg)} alt={view.text} data-testid="seal-preview" />
      </div>
      <figcaption className="small muted" style={{ marginTop: 6 }}>
        {t("seals.previewHint", { width: millimetres(view.width_mm), height: millimetres(view.height_mm) })}
        {view.fallback_characters && (
          <>
            <br />
            {t("seals.fallback", { characters: view.fallback_characters })}
          </>
        )}
      </figcaption>
    </>
  );
}
