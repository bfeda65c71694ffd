// Things on the paper: what lies at a position is dragged, nudged and removed; the rest shows where the core puts it.
import { type KeyboardEvent, type PointerEvent, type ReactNode, useEffect, useRef } from "react";
import type { PageView, PlacedBoxView } from "../bindings";
import { drawing, sealPicture } from "../bridge/pictures";
import { millimetres } from "../format/figures";
import { useTranslation } from "../words/words";
import { type At, type Item, type Preview, type SealShelf, type Size, sealOf, viewOf } from "./items";
import { isOnPage, keepOnPage, nudge, type PointMm, toPx } from "./placement";

/** The picture of a whole item. */
export function ItemPicture({ item, seals, preview }: { item: Item; seals: SealShelf; preview: Preview | undefined }) {
  const seal = sealOf(item, seals);
  if (seal) return <img src={sealPicture(seal.picture)} alt="" draggable={false} />;
  const svg = viewOf(item, preview)?.svg;
  return svg ? <img src={drawing(svg)} alt="" draggable={false} /> : null;
}

type DraggedProps = {
  item: Item & { place: At };
  name: string;
  size: Size;
  page: PageView;
  scale: number;
  selected: boolean;
  onSelect: () => void;
  onMove: (at: PointMm) => void;
  onRemove: () => void;
  children: ReactNode;
};

/** An item at a position: dragged with the pointer, nudged with the arrow keys, removed with Delete. */
export function Dragged(props: DraggedProps) {
  const { item, name, size, page, scale, selected, onSelect, onMove, onRemove, children } = props;
  const { t } = useTranslation();
  const button = useRef<HTMLButtonElement>(null);
  const grip = useRef<{ x: number; y: number; from: PointMm } | null>(null);
  const here = { x: item.place.x_mm, y: item.place.y_mm };
  useEffect(() => {
    // Typing in the column at the right must not lose the focus to the paper.
    const busy = document.activeElement?.matches("input,textarea,select");
    if (selected && !busy) button.current?.focus({ preventScroll: true });
  }, [selected]);
  const down = (event: PointerEvent<HTMLButtonElement>) => {
    onSelect();
    event.currentTarget.setPointerCapture(event.pointerId);
    grip.current = { x: event.clientX, y: event.clientY, from: here };
  };
  const move = (event: PointerEvent) => {
    const held = grip.current;
    if (!held) return;
    const at = { x: held.from.x + (event.clientX - held.x) / scale, y: held.from.y + (event.clientY - held.y) / scale };
    onMove(keepOnPage(at, size, page));
  };
  const drop = () => {
    grip.current = null;
  };
  const key = (event: KeyboardEvent) => {
    const by = nudge(event.key, event.shiftKey);
    if (by) onMove(keepOnPage({ x: here.x + by.x, y: here.y + by.y }, size, page));
    else if (event.key === "Delete" || event.key === "Backspace") onRemove();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <button
      ref={button}
      type="button"
      className="placed"
      data-testid={`mark-${item.key}`}
      data-selected={selected || undefined}
      data-off={isOnPage(here, size, page) ? undefined : true}
      aria-label={t("desk.markLabel", { name, x: millimetres(here.x), y: millimetres(here.y) })}
      style={{
        left: toPx(here.x, scale),
        top: toPx(here.y, scale),
        width: toPx(size.width, scale),
        height: toPx(size.height, scale),
      }}
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={drop}
      onPointerCancel={drop}
      onFocus={onSelect}
      onKeyDown={key}
    >
      {children}
    </button>
  );
}

type BoxProps = {
  box: PlacedBoxView;
  name: string;
  whole: Size;
  scale: number;
  selected: boolean;
  onSelect: () => void;
  children: ReactNode;
};

/** One box the core worked out, whole or the slice of it that shows. */
export function Box({ box, name, whole, scale, selected, onSelect, children }: BoxProps) {
  const { t } = useTranslation();
  const part = box.part ?? { x_mm: 0, y_mm: 0 };
  return (
    <button
      type="button"
      className="placed still"
      data-selected={selected || undefined}
      data-slice={box.part ? true : undefined}
      aria-label={t("desk.markLabel", { name, x: millimetres(box.x_mm), y: millimetres(box.y_mm) })}
      style={{
        left: toPx(box.x_mm, scale),
        top: toPx(box.y_mm, scale),
        width: toPx(box.width_mm, scale),
        height: toPx(box.height_mm, scale),
      }}
      onClick={onSelect}
    >
      <span
        style={{
          left: -toPx(part.x_mm, scale),
          top: -toPx(part.y_mm, scale),
          width: toPx(whole.width, scale),
          height: toPx(whole.height, scale),
        }}
      >
        {children}
      </span>
    </button>
  );
}
