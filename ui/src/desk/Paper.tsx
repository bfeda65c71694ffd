// The paper: one page at a time in true proportion, with the seals lying on it.
import { type KeyboardEvent, type MouseEvent, useCallback, useEffect, useRef, useState } from "react";
import type { DocumentView, SealView } from "../bindings";
import { pagePicture } from "../bridge/pictures";
import { count } from "../format/figures";
import { useTranslation } from "../words/words";
import { itemWords } from "./ItemList";
import { boxesOn, type Item, itemsAt, type Preview, type SealShelf, sizeOf } from "./items";
import { PagePicture } from "./PagePicture";
import { Box, Dragged, ItemPicture } from "./Placed";
import { thumbnailPx } from "./pages";
import { type PointMm, pixelsPerMm, toMm } from "./placement";

/** Pixels per millimetre at 100 %: 96 dpi. */
const FULL_SCALE = 96 / 25.4;
const ZOOMS = [0.25, 0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 3] as const;

export type PaperProps = {
  document: DocumentView;
  page: number;
  onPage: (page: number) => void;
  items: Item[];
  seals: SealShelf;
  preview: Preview | undefined;
  selected: string | null;
  onSelect: (key: string | null) => void;
  onChange: (key: string, part: Partial<Item>) => void;
  onRemove: (key: string) => void;
  placing: SealView | undefined;
  onPlace: (seal: SealView, middle: PointMm) => void;
};

export function Paper(props: PaperProps) {
  const { document, page, onPage } = props;
  const canvas = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState({ width: 560, height: 640 });
  const [zoom, setZoom] = useState<number | null>(null);
  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    const watch = new ResizeObserver(() => setRoom({ width: element.clientWidth, height: element.clientHeight }));
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  const view = document.pages[page - 1];
  if (!view) return <div className="canvas" ref={canvas} />;
  const fit =
    Math.max(0.1, Math.min((room.width - 48) / view.width_mm, (room.height - 84) / view.height_mm)) / FULL_SCALE;
  const shown = zoom ?? fit;
  const step = (direction: 1 | -1) =>
    setZoom(
      direction === 1
        ? (ZOOMS.find((one) => one > shown + 0.01) ?? shown)
        : ([...ZOOMS].reverse().find((one) => one < shown - 0.01) ?? shown),
    );
  return (
    <div className="canvas" ref={canvas}>
      <div className="scroll">
        <Sheet {...props} widthPx={Math.round(view.width_mm * FULL_SCALE * shown)} />
      </div>
      <Zoom shown={shown} page={page} pages={document.page_count} onStep={step} onPage={onPage} />
    </div>
  );
}

function Sheet({
  document,
  page,
  items,
  seals,
  preview,
  selected,
  onSelect,
  onChange,
  onRemove,
  placing,
  onPlace,
  onPage,
  widthPx,
}: PaperProps & { widthPx: number }) {
  const { t } = useTranslation();
  const sheet = useRef<HTMLDivElement>(null);
  const view = document.pages[page - 1];
  const scale = view ? pixelsPerMm(view, widthPx) : 1;
  const click = (event: MouseEvent) => {
    const box = sheet.current?.getBoundingClientRect();
    if (!box || (event.target instanceof Element && event.target.closest(".placed"))) return;
    if (placing) onPlace(placing, toMm({ x: event.clientX - box.left, y: event.clientY - box.top }, scale));
    else onSelect(null);
  };
  const key = useCallback(
    (event: KeyboardEvent) => {
      if (event.key === "PageDown") onPage(Math.min(document.page_count, page + 1));
      else if (event.key === "PageUp") onPage(Math.max(1, page - 1));
      else if (event.key === "Enter" && placing && view && event.target === sheet.current)
        onPlace(placing, { x: view.width_mm / 2, y: view.height_mm / 2 });
      else return;
      event.preventDefault();
    },
    [document.page_count, page, onPage, placing, view, onPlace],
  );
  if (!view) return null;
  const nameOf = (item: Item) => {
    const { kind, where } = itemWords(item, seals, t);
    return seals.get(item.content.kind === "seal" ? item.content.seal : "")?.name ?? `${kind} ${where}`;
  };
  return (
    <div
      ref={sheet}
      role="group"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: pages turn and seals are placed from the keyboard here.
      tabIndex={0}
      aria-label={t("desk.sheet", { page })}
      className={placing ? "sheet placing" : "sheet"}
      data-testid="sheet"
      style={{ width: widthPx, height: view.height_mm * scale }}
      onClick={click}
      onKeyDown={key}
    >
      <PagePicture
        key={page}
        page={page}
        address={pagePicture(document.id, page, widthPx * window.devicePixelRatio)}
        below={pagePicture(document.id, page, thumbnailPx())}
        broken={t("desk.badPicture")}
      />
      {boxesOn(page, items, preview).map(([item, box]) => {
        const whole = sizeOf(item, seals, preview);
        return whole ? (
          <Box
            key={`${item.key}-${box.x_mm}-${box.y_mm}`}
            box={box}
            name={nameOf(item)}
            whole={whole}
            scale={scale}
            selected={item.key === selected}
            onSelect={() => onSelect(item.key)}
          >
            <ItemPicture item={item} seals={seals} preview={preview} />
          </Box>
        ) : null;
      })}
      {itemsAt(page, items, document.page_count).map((item) => {
        const size = sizeOf(item, seals, preview);
        return size ? (
          <Dragged
            key={item.key}
            item={item}
            name={nameOf(item)}
            size={size}
            page={view}
            scale={scale}
            selected={item.key === selected}
            onSelect={() => onSelect(item.key)}
            onMove={(at) => onChange(item.key, { place: { ...item.place, x_mm: at.x, y_mm: at.y } })}
            onRemove={() => onRemove(item.key)}
          >
            <ItemPicture item={item} seals={seals} preview={preview} />
          </Dragged>
        ) : null;
      })}
    </div>
  );
}

type ZoomProps = {
  shown: number;
  page: number;
  pages: number;
  onStep: (direction: 1 | -1) => void;
  onPage: (page: number) => void;
};

function Zoom({ shown, page, pages, onStep, onPage }: ZoomProps) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const go = () => {
    const number = Number(text);
    if (Number.isInteger(number) && number >= 1 && number <= pages) onPage(number);
    setText("");
  };
  return (
    <div className="zoom">
      <button type="button" aria-label={t("desk.zoomOut")} data-testid="zoom-out" onClick={() => onStep(-1)}>
        −
      </button>
      <span data-testid="zoom">{Math.round(shown * 100)} %</span>
      <button type="button" aria-label={t("desk.zoomIn")} data-testid="zoom-in" onClick={() => onStep(1)}>
        +
      </button>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          go();
        }}
      >
        <input
          aria-label={t("desk.goPage")}
          data-testid="go-page"
          inputMode="numeric"
          placeholder={String(page)}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onBlur={go}
        />{" "}
        / {count(pages)}
      </form>
    </div>
  );
}
