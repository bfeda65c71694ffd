// The properties of the selected item: what it says, and where it goes.
import { NativeSelect, NumberInput, Textarea, TextInput } from "@mantine/core";
import type { ContentInput, DatePatternInput, DocumentView, PlaceInput } from "../bindings";
import { millimetres } from "../format/figures";
import { useTranslation } from "../words/words";
import type { Item, Preview, SealShelf } from "./items";
import { type At, type Seam, sizeOf } from "./items";
import { KeywordEditor } from "./KeywordEditor";
import { pagesOf, plainRange } from "./pages";
import { keepOnPage, type PointMm } from "./placement";

export type EditorProps = {
  document: DocumentView;
  page: number;
  onPage: (page: number) => void;
  item: Item;
  seals: SealShelf;
  preview: Preview | undefined;
  onContent: (content: ContentInput) => void;
  onPlace: (place: PlaceInput) => void;
};

export function Editor(props: EditorProps) {
  const { item, onPlace } = props;
  const { t } = useTranslation();
  const { content, place } = item;
  return (
    <section className="card stack tight" aria-labelledby="position">
      <h2 id="position">
        {place.kind === "seam"
          ? t("desk.kind.seam")
          : place.kind === "keyword"
            ? t("desk.keyword")
            : t("desk.position")}
        <Measure {...props} />
      </h2>
      {content.kind !== "seal" && <Words {...props} content={content} />}
      {place.kind === "at" && <Position {...props} place={place} />}
      {place.kind === "keyword" && <KeywordEditor {...props} place={place} />}
      {place.kind === "seam" && <SeamEditor {...props} place={place} />}
      {place.kind === "corner" && <Pages {...props} onPages={(pages) => onPlace({ ...place, pages })} />}
    </section>
  );
}

function Measure({ item, seals, preview }: EditorProps) {
  const size = sizeOf(item, seals, preview);
  if (!size) return null;
  return (
    <span className="small muted">
      {" "}
      {millimetres(size.width)} × {millimetres(size.height)} mm
    </span>
  );
}

const colours = ["#1a1a1a", "#c8102e", "#1f3a93"] as const;
const patterns: DatePatternInput[] = ["chinese", "numeric", "chinese_numerals"];

function Words({ content, onContent }: EditorProps & { content: Exclude<ContentInput, { kind: "seal" }> }) {
  const { t } = useTranslation();
  return (
    <>
      {content.kind === "text" ? (
        <Textarea
          size="xs"
          autosize
          minRows={2}
          maxRows={5}
          label={t("desk.words")}
          data-testid="text-words"
          value={content.text}
          onChange={(event) => onContent({ ...content, text: event.currentTarget.value })}
        />
      ) : (
        <NativeSelect
          size="xs"
          label={t("desk.datePattern")}
          description={t("desk.dateHint")}
          data-testid="date-pattern"
          value={content.pattern}
          data={patterns.map((one) => ({ value: one, label: t(`desk.datePatterns.${one}`) }))}
          onChange={(event) => onContent({ ...content, pattern: event.currentTarget.value as DatePatternInput })}
        />
      )}
      <div className="position">
        <NumberInput
          size="xs"
          label={t("desk.textSize")}
          data-testid="text-size"
          min={5}
          max={72}
          step={1}
          decimalScale={1}
          value={content.size_pt}
          onChange={(value) => typeof value === "number" && onContent({ ...content, size_pt: value })}
        />
        <NativeSelect
          size="xs"
          label={t("desk.colour")}
          value={content.color}
          data={colours.map((one, index) => ({ value: one, label: t(`desk.colours.${index as 0 | 1 | 2}`) }))}
          onChange={(event) => onContent({ ...content, color: event.currentTarget.value })}
        />
      </div>
    </>
  );
}

function Position(props: EditorProps & { place: At }) {
  const { document, page, item, place, seals, preview, onPlace } = props;
  const { t } = useTranslation();
  const view = document.pages[page - 1];
  const size = sizeOf(item, seals, preview);
  const move = (part: Partial<PointMm>) => {
    const at = { x: place.x_mm, y: place.y_mm, ...part };
    const kept = view && size ? keepOnPage(at, size, view) : at;
    onPlace({ ...place, x_mm: kept.x, y_mm: kept.y });
  };
  return (
    <>
      <div className="position">
        <Millimetres label={t("desk.left")} testId="mark-x" least={0} value={place.x_mm} onValue={(x) => move({ x })} />
        <Millimetres label={t("desk.top")} testId="mark-y" least={0} value={place.y_mm} onValue={(y) => move({ y })} />
      </div>
      <Pages {...props} onPages={(pages) => onPlace({ ...place, pages })} />
    </>
  );
}

type MillimetresProps = {
  label: string;
  testId: string;
  least?: number;
  value: number;
  onValue: (value: number) => void;
};

/** A length in mm, to the tenth. */
export function Millimetres({ label, testId, least, value, onValue }: MillimetresProps) {
  const { t } = useTranslation();
  return (
    <NumberInput
      size="xs"
      label={t("common.aside", { words: label, aside: "mm" })}
      data-testid={testId}
      decimalScale={1}
      step={0.5}
      min={least}
      value={value}
      onChange={(next) => typeof next === "number" && onValue(next)}
    />
  );
}

const quick = ["this", "all", "odd", "even", "first", "last"] as const;

/** A page range: typed, or one of the usual ones. */
export function Pages({ document, page, item, onPages }: EditorProps & { onPages: (pages: string) => void }) {
  const { t } = useTranslation();
  const { pages } = item.place;
  const wrong = pagesOf(pages, document.page_count) === null;
  return (
    <div>
      <TextInput
        size="xs"
        label={t("desk.pagesField")}
        description={t("desk.pagesHint")}
        error={wrong ? t("desk.pagesWrong", { count: document.page_count }) : undefined}
        data-testid="mark-pages"
        value={pages}
        onChange={(event) => onPages(event.currentTarget.value)}
      />
      <div className="quick">
        {quick.map((one) => {
          const range = one === "this" ? String(page) : t(`desk.range.${one}`);
          return (
            <button
              key={one}
              type="button"
              aria-pressed={plainRange(pages) === plainRange(range)}
              data-testid={`pages-${one}`}
              onClick={() => onPages(range)}
            >
              {t(`desk.quick.${one}`)}
            </button>
          );
        })}
      </div>
    </div>
  );
}

const sides = ["right", "left", "top", "bottom"] as const;

function SeamEditor(props: EditorProps & { place: Seam }) {
  const { place, onPlace } = props;
  const { t } = useTranslation();
  return (
    <>
      <div className="position">
        <NativeSelect
          size="xs"
          label={t("desk.side")}
          data-testid="seam-side"
          value={place.side}
          data={sides.map((one) => ({ value: one, label: t(`desk.sides.${one}`) }))}
          onChange={(event) => onPlace({ ...place, side: event.currentTarget.value as Seam["side"] })}
        />
        <NumberInput
          size="xs"
          label={t("desk.group")}
          placeholder={t("desk.groupAll")}
          data-testid="seam-group"
          min={2}
          max={9999}
          allowDecimal={false}
          value={place.pages_per_group ?? ""}
          onChange={(value) =>
            onPlace({ ...place, pages_per_group: typeof value === "number" && value > 0 ? value : null })
          }
        />
      </div>
      <label className="tick">
        <input
          type="checkbox"
          data-testid="seam-odd"
          checked={place.odd_pages_only}
          onChange={(event) => onPlace({ ...place, odd_pages_only: event.currentTarget.checked })}
        />
        {t("desk.oddOnly")}
      </label>
      <label className="tick">
        <input
          type="checkbox"
          data-testid="seam-cover"
          checked={place.skip_cover}
          onChange={(event) => onPlace({ ...place, skip_cover: event.currentTarget.checked })}
        />
        {t("desk.skipCover")}
      </label>
      <Pages {...props} onPages={(pages) => onPlace({ ...place, pages })} />
    </>
  );
}
