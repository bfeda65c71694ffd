// What can be said to the seal designer: the fields of the chosen shape, then typeface, ink and stroke weight.
import { Button, Checkbox, NativeSelect, NumberInput, SegmentedControl, Textarea, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { commands, type SealDraftInput, type SealFontView, type SealShape, type SealTypeface } from "../bindings";
import { call } from "../bridge/failure";
import { FailureNote } from "../parts/States";
import { type Translate, useTranslation } from "../words/words";

const shapes: readonly SealShape[] = ["round", "oval", "invoice", "square", "name", "rectangle"];
const inks = { bright: "#d41e1e", dark: "#b5121b", blue: "#1f3f9a", black: "#1a1a1a" } as const;
const weights = { thin: -0.03, usual: 0, bold: 0.03, heavy: 0.06 } as const;
const diameters = [38, 40, 42, 45] as const;

/** Size (mm) each shape starts with, and the sizes it may have where it is free. */
const sizes: Record<SealShape, { start: number; range?: [number, number] }> = {
  round: { start: 40 },
  oval: { start: 45 },
  invoice: { start: 40 },
  square: { start: 22, range: [18, 40] },
  name: { start: 20, range: [10, 30] },
  rectangle: { start: 30, range: [6, 80] },
};

const namesOf = <T extends object>(table: T) => Object.keys(table) as (keyof T & string)[];

/** A sample of the shape, so that the preview is never empty. */
export function startDraft(shape: SealShape, t: Translate): SealDraftInput {
  const special = shape === "round" || shape === "square";
  return {
    shape,
    name: t(
      shape === "name"
        ? "designer.samplePerson"
        : shape === "rectangle"
          ? "designer.sampleLine"
          : "designer.sampleName",
    ),
    purpose: special ? t(shape === "round" ? "sealKind.bid_purpose" : "sealKind.finance_purpose") : "",
    second_line: "",
    code_digits: "",
    tax_number: shape === "invoice" ? "91330106MA27X12A3B" : "",
    serial: "",
    lower_name: "",
    star: true,
    two_arcs: false,
    style: "zhu",
    suffix: shape === "name" ? "yin" : "none",
    left_to_right: false,
    typeface: shape === "invoice" ? "kai" : "song",
    size_mm: sizes[shape].start,
    height_mm: 15,
    colour: inks.bright,
    boldness_mm: 0,
  };
}

type FieldsProps = { input: SealDraftInput; onChange: (input: SealDraftInput) => void };

/** All fields of a draft. */
export function DraftFields({ input, onChange }: FieldsProps) {
  const { t } = useTranslation();
  const set = (part: Partial<SealDraftInput>) => onChange({ ...input, ...part });
  return (
    <div className="stack">
      <NativeSelect
        label={t("designer.shape")}
        data-testid="draft-shape"
        value={input.shape}
        data={shapes.map((shape) => ({ value: shape, label: t(`sealShape.${shape}`) }))}
        onChange={(event) => {
          const shape = shapes.find((one) => one === event.currentTarget.value) ?? "round";
          onChange({ ...startDraft(shape, t), colour: input.colour, boldness_mm: input.boldness_mm });
        }}
      />
      <Words input={input} set={set} />
      <Form input={input} set={set} />
      <Look input={input} set={set} />
    </div>
  );
}

type PartProps = { input: SealDraftInput; set: (part: Partial<SealDraftInput>) => void };

/** The texts of the shape. */
function Words({ input, set }: PartProps) {
  const { t } = useTranslation();
  const { shape } = input;
  const text = (key: "purpose" | "second_line" | "code_digits" | "tax_number" | "serial" | "lower_name") => (
    <TextInput
      label={t(`designer.${key}`)}
      data-testid={`draft-${key}`}
      value={input[key]}
      onChange={(event) => set({ [key]: event.currentTarget.value })}
    />
  );
  return (
    <>
      {shape === "rectangle" ? (
        <Textarea
          label={t("designer.lines")}
          data-testid="draft-name"
          rows={3}
          value={input.name}
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
      ) : (
        <TextInput
          label={t(shape === "name" ? "designer.person" : "designer.name")}
          data-testid="draft-name"
          value={input.name}
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
      )}
      {shape === "invoice" && (
        <>
          {text("tax_number")}
          {text("serial")}
        </>
      )}
      {(shape === "round" || shape === "oval" || shape === "square") && (
        <div className="fields">
          {text("purpose")}
          {shape === "round" && text("second_line")}
          {shape === "oval" && text("lower_name")}
        </div>
      )}
      {shape === "round" && text("code_digits")}
    </>
  );
}

/** Size, arrangement and style of the shape. */
function Form({ input, set }: PartProps) {
  const { t } = useTranslation();
  const { shape } = input;
  return (
    <>
      {shape === "round" && (
        <NativeSelect
          label={t("seals.size")}
          data-testid="draft-diameter"
          value={String(input.size_mm)}
          data={diameters.map(String)}
          onChange={(event) => set({ size_mm: Number(event.currentTarget.value) })}
        />
      )}
      <div className="fields">
        <Length
          label={t(shape === "rectangle" ? "designer.width" : "seals.sizeSquare")}
          shape={shape}
          value={input.size_mm}
          onChange={(size_mm) => set({ size_mm })}
        />
        {shape === "rectangle" && (
          <Length
            label={t("designer.height")}
            shape={shape}
            value={input.height_mm}
            onChange={(height_mm) => set({ height_mm })}
          />
        )}
      </div>
      {shape === "round" && (
        <>
          <Checkbox
            label={t("designer.star")}
            data-testid="draft-star"
            checked={input.star}
            onChange={(event) => set({ star: event.currentTarget.checked })}
          />
          <Checkbox
            label={t("designer.twoArcs")}
            checked={input.two_arcs}
            onChange={(event) => set({ two_arcs: event.currentTarget.checked })}
          />
        </>
      )}
      {(shape === "name" || shape === "square") && (
        <SegmentedControl
          aria-label={t("seals.style")}
          value={input.style}
          data={[
            { value: "zhu", label: t("seals.zhu") },
            { value: "bai", label: t("seals.bai") },
          ]}
          onChange={(style) => set({ style: style === "bai" ? "bai" : "zhu" })}
        />
      )}
      {shape === "name" && <NameOrder input={input} set={set} />}
    </>
  );
}

/** Ending and reading order of a name seal. */
function NameOrder({ input, set }: PartProps) {
  const { t } = useTranslation();
  return (
    <>
      <SegmentedControl
        aria-label={t("seals.suffix")}
        value={input.suffix}
        data={[
          { value: "none", label: t("seals.suffixNone") },
          { value: "yin", label: t("seals.suffixYin") },
          { value: "zhi_yin", label: t("seals.suffixZhiYin") },
        ]}
        onChange={(suffix) => set({ suffix: suffix === "yin" || suffix === "zhi_yin" ? suffix : "none" })}
      />
      <Checkbox
        label={t("designer.leftToRight")}
        checked={input.left_to_right}
        onChange={(event) => set({ left_to_right: event.currentTarget.checked })}
      />
    </>
  );
}

type LengthProps = { label: string; shape: SealShape; value: number; onChange: (value: number) => void };

/** A length that is free within the shape's range; nothing where the shape has fixed sizes. */
function Length({ label, shape, value, onChange }: LengthProps) {
  const range = sizes[shape].range;
  if (!range) return null;
  const [least, most] = range;
  return (
    <NumberInput
      label={label}
      min={least}
      max={most}
      decimalScale={1}
      clampBehavior="blur"
      value={value}
      onChange={(next) => typeof next === "number" && next >= least && next <= most && onChange(next)}
    />
  );
}

/** Typeface, ink and stroke weight. */
function Look({ input, set }: PartProps) {
  const { t } = useTranslation();
  const choose = useMutation({
    mutationFn: () => call(commands.chooseSealFont()),
    onSuccess: (font: SealFontView | null) => font && set({ typeface: "own" }),
  });
  const faces: SealTypeface[] = ["song", "kai", "brush"];
  if (choose.data || input.typeface === "own") faces.push("own");
  const faceName = (face: SealTypeface) =>
    face === "own" && choose.data ? choose.data.file_name : t(`sealTypeface.${face}`);
  return (
    <>
      <div className="fields">
        <NativeSelect
          label={t("designer.typeface")}
          data-testid="draft-typeface"
          value={input.typeface}
          data={faces.map((face) => ({ value: face, label: faceName(face) }))}
          onChange={(event) => set({ typeface: faces.find((one) => one === event.currentTarget.value) ?? "song" })}
        />
        <NativeSelect
          label={t("designer.weight")}
          value={String(input.boldness_mm)}
          data={namesOf(weights).map((name) => ({
            value: String(weights[name]),
            label: t(`designer.weights.${name}`),
          }))}
          onChange={(event) => set({ boldness_mm: Number(event.currentTarget.value) })}
        />
        <NativeSelect
          label={t("designer.colour")}
          value={input.colour}
          data={namesOf(inks).map((name) => ({ value: inks[name], label: t(`designer.inks.${name}`) }))}
          onChange={(event) => set({ colour: event.currentTarget.value })}
        />
      </div>
      <div className="stack tight">
        <span className="small muted">{t("designer.fontHint")}</span>
        <Button
          style={{ alignSelf: "start" }}
          variant="default"
          size="compact-sm"
          loading={choose.isPending}
          onClick={() => choose.mutate()}
        >
          {t("designer.chooseFont")}
        </Button>
      </div>
      {choose.isError && <FailureNote error={choose.error} />}
    </>
  );
}
