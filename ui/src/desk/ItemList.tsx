// The list of everything that will be placed, with what should be known of each, undo, redo and templates.
import { useState } from "react";
import type { DocumentView, FindingView } from "../bindings";
import { Failure } from "../bridge/failure";
import { Tag } from "../parts/Pieces";
import { failureWords } from "../words/failure_words";
import { type Translate, useTranslation } from "../words/words";
import { findingsOf, type Item, type Preview, type SealShelf, sealOf, viewOf } from "./items";
import { rangeWords } from "./pages";
import { Templates } from "./Templates";

type Props = {
  document: DocumentView;
  items: Item[];
  seals: SealShelf;
  preview: Preview | undefined;
  counted: Map<string, number>;
  total: number;
  selected: string | null;
  onSelect: (key: string | null) => void;
  onRemove: (key: string) => void;
  onUse: (items: Omit<Item, "key">[]) => void;
  canUndo: boolean;
  canRedo: boolean;
  onUndo: () => void;
  onRedo: () => void;
};

export function ItemList(props: Props) {
  const { items, total, preview, canUndo, canRedo, onUndo, onRedo, onUse } = props;
  const { t } = useTranslation();
  const [templates, setTemplates] = useState(false);
  return (
    <section className="card" aria-labelledby="marks">
      <div className="row between">
        <h2 id="marks">{t("desk.marks")}</h2>
        <span className="sub" data-testid="marks-total">
          {t("desk.marksTotal", { count: total })}
        </span>
      </div>
      {items.length === 0 && <p className="small sub">{t("desk.noMarks")}</p>}
      {items.map((item) => (
        <Row key={item.key} {...props} item={item} />
      ))}
      {preview?.view.as_widgets && items.length > 0 && (
        <p className="note info small" data-testid="as-widgets">
          {t("desk.asWidgets")}
        </p>
      )}
      <div className="quick">
        <button type="button" disabled={!canUndo} data-testid="undo" onClick={onUndo} title="Ctrl+Z">
          {t("desk.undo")}
        </button>
        <button type="button" disabled={!canRedo} data-testid="redo" onClick={onRedo} title="Ctrl+Shift+Z">
          {t("desk.redo")}
        </button>
        <button type="button" data-testid="templates" onClick={() => setTemplates(true)}>
          {t("desk.templates")}
        </button>
      </div>
      {templates && <Templates items={items} onUse={onUse} onClose={() => setTemplates(false)} />}
    </section>
  );
}

/** What an item is called: its kind, and where it goes. */
export function itemWords(item: Item, seals: SealShelf, t: Translate): { kind: string; where: string } {
  const { content, place } = item;
  const seal = sealOf(item, seals);
  const kind =
    place.kind === "seam"
      ? t("desk.kind.seam")
      : content.kind === "seal"
        ? seal
          ? t(`sealKind.${seal.kind}`)
          : t("desk.kind.goneSeal")
        : t(`desk.kind.${content.kind}`);
  if (place.kind === "keyword") {
    const where = place.word.trim() ? t("desk.atWord", { word: place.word }) : t("desk.noWord");
    return { kind, where };
  }
  const pages = rangeWords(place.pages, t);
  return { kind, where: content.kind === "text" ? `${content.text.split("\n")[0]} · ${pages}` : pages };
}

function Row({ item, seals, preview, counted, selected, onSelect, onRemove }: Props & { item: Item }) {
  const { t, language } = useTranslation();
  const { kind, where } = itemWords(item, seals, t);
  const problem = viewOf(item, preview)?.problem;
  // A word that is not typed yet is no mistake; the row says what is missing.
  const unfinished = item.place.kind === "keyword" && item.place.word.trim() === "";
  const words = problem && !unfinished ? failureWords(new Failure(problem), t, language) : null;
  return (
    <>
      <div className="markrow" data-selected={item.key === selected || undefined} data-testid={`item-${item.key}`}>
        <button type="button" className="plain" aria-label={`${kind} ${where}`} onClick={() => onSelect(item.key)}>
          <Tag tone={item.content.kind === "seal" ? "bad" : "info"}>{kind}</Tag> {where}
        </button>
        <b>{counted.get(item.key) ?? 0}</b>
        <button
          type="button"
          className="plain"
          aria-label={`${t("desk.removeMark")} ${kind} ${where}`}
          onClick={() => onRemove(item.key)}
        >
          ✕
        </button>
      </div>
      {words && (
        <p className="finding bad" role="alert">
          {words.happened}
        </p>
      )}
      {findingsOf(item, preview)
        .filter((finding) => finding.level === "warning" || finding.code === "seam")
        .map((finding) => (
          <p
            key={`${finding.code}-${finding.params.page ?? ""}-${finding.params.other ?? ""}`}
            className={finding.level === "warning" ? "finding warn" : "finding"}
            data-testid={`finding-${finding.code}`}
          >
            {findingWords(finding, t)}
          </p>
        ))}
    </>
  );
}

/** A finding as a sentence; items are counted from one. */
export function findingWords(finding: FindingView, t: Translate): string {
  const other = finding.params.other === undefined ? "" : String(Number(finding.params.other) + 1);
  return t(`desk.finding.${finding.code}`, { ...finding.params, other });
}
