// A word to stamp beside: where it stands, which of its hits count, and where the mark goes from there.
import { NativeSelect, NumberInput, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import type { AnchorInput } from "../bindings";
import { useFoundWord } from "../bridge/queries";
import { millimetres } from "../format/figures";
import { FailureNote, Waiting } from "../parts/States";
import { useTranslation } from "../words/words";
import { type EditorProps, Millimetres, Pages } from "./Editor";
import type { Keyword } from "./items";
import { pagesOf, plainRange } from "./pages";

/** Hits listed; a long document has thousands. */
const LISTED = 100;
/** Pages without text named; the rest is counted. */
const NAMED = 6;

const anchors: AnchorInput[] = [
  "center",
  "right",
  "left",
  "top",
  "bottom",
  "top_left",
  "top_right",
  "bottom_left",
  "bottom_right",
];

export function KeywordEditor(props: EditorProps & { place: Keyword }) {
  const { place, onPlace } = props;
  const { t } = useTranslation();
  const nth = typeof place.hits === "object" ? place.hits.nth : null;
  const chosen = nth === null ? (place.hits as "all" | "last") : "nth";
  const choose = (which: string) =>
    onPlace({ ...place, hits: which === "nth" ? { nth: 1 } : which === "last" ? "last" : "all" });
  return (
    <>
      <TextInput
        size="xs"
        label={t("desk.word")}
        placeholder={t("desk.wordExample")}
        maxLength={200}
        data-testid="keyword"
        value={place.word}
        autoFocus={place.word === ""}
        onChange={(event) => onPlace({ ...place, word: event.currentTarget.value })}
      />
      <Hits {...props} />
      <div className="position">
        <NativeSelect
          size="xs"
          label={t("desk.hits")}
          data-testid="keyword-hits"
          value={chosen}
          data={(["all", "nth", "last"] as const).map((one) => ({ value: one, label: t(`desk.hitChoice.${one}`) }))}
          onChange={(event) => choose(event.currentTarget.value)}
        />
        {nth !== null && (
          <NumberInput
            size="xs"
            label={t("desk.nth")}
            data-testid="keyword-nth"
            min={1}
            max={10000}
            allowDecimal={false}
            value={nth}
            onChange={(value) => typeof value === "number" && value >= 1 && onPlace({ ...place, hits: { nth: value } })}
          />
        )}
      </div>
      <NativeSelect
        size="xs"
        label={t("desk.anchor")}
        data-testid="keyword-anchor"
        value={place.anchor}
        data={anchors.map((one) => ({ value: one, label: t(`desk.anchors.${one}`) }))}
        onChange={(event) => onPlace({ ...place, anchor: event.currentTarget.value as AnchorInput })}
      />
      <div className="position">
        <Millimetres
          label={t("desk.toRight")}
          testId="keyword-dx"
          value={place.dx_mm}
          onValue={(dx_mm) => onPlace({ ...place, dx_mm })}
        />
        <Millimetres
          label={t("desk.down")}
          testId="keyword-dy"
          value={place.dy_mm}
          onValue={(dy_mm) => onPlace({ ...place, dy_mm })}
        />
      </div>
      <Pages {...props} onPages={(pages) => onPlace({ ...place, pages })} />
    </>
  );
}

function Hits({ document, place, onPage, page }: EditorProps & { place: Keyword }) {
  const { t } = useTranslation();
  const pages = pagesOf(place.pages, document.page_count) === null ? null : plainRange(place.pages);
  const [asked] = useDebouncedValue({ word: place.word.trim(), pages }, 300);
  const query = useFoundWord(document.id, asked.word, asked.pages);
  if (asked.word === "" || asked.pages === null) return null;
  if (query.isError) return <FailureNote error={query.error} />;
  if (!query.data) return <Waiting text={t("desk.finding_word")} />;
  const { hits, pages_without_text: blank, truncated } = query.data;
  return (
    <div className="stack tight" data-testid="hits" data-count={hits.length}>
      <span className="small">
        {hits.length === 0 ? t("desk.noHits") : t("desk.hitCount", { count: hits.length })}
        {truncated && t("desk.hitsCut")}
      </span>
      {hits.length > 0 && (
        <ul className="hits">
          {hits.slice(0, LISTED).map((hit, index) => (
            <li key={`${hit.page}-${hit.x_mm}-${hit.y_mm}`}>
              <button
                type="button"
                className="plain link small"
                aria-current={hit.page === page ? "true" : undefined}
                onClick={() => onPage(hit.page)}
              >
                {t("desk.hit", {
                  number: index + 1,
                  page: hit.page,
                  x: millimetres(hit.x_mm),
                  y: millimetres(hit.y_mm),
                })}
              </button>
            </li>
          ))}
          {hits.length > LISTED && (
            <li className="small muted">{t("desk.moreHits", { count: hits.length - LISTED })}</li>
          )}
        </ul>
      )}
      {blank.length > 0 && (
        <span className="finding warn" data-testid="blank-pages">
          {t("desk.blankPages", {
            count: blank.length,
            pages: blank.slice(0, NAMED).join("、") + (blank.length > NAMED ? "…" : ""),
          })}
        </span>
      )}
    </div>
  );
}
