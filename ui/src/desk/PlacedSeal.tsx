// One seal on the paper: dragged with the pointer, nudged with the arrow keys, removed with Delete.
import { type KeyboardEvent, type PointerEvent, useEffect, useRef } from "react";
import type { PageView, SealView } from "../bindings";
import { sealPicture } from "../bridge/pictures";
import { millimetres } from "../format/figures";
import { useTranslation } from "../words/words";
import type { Mark } from "./marks";
import { isOnPage, keepOnPage, type PointMm, toPx } from "./placement";

type Props = {
  mark: Mark;
  seal: SealView;
  page: PageView;
  scale: number;
  selected: boolean;
  onSelect: () => void;
  onMove: (at: PointMm) => void;
  onRemove: () => void;
  nudge: (key: string, large: boolean) => PointMm | null;
};

export function PlacedSeal({ mark, seal, page, scale, selected, onSelect, onMove, onRemove, nudge }: Props) {
  const { t } = useTranslation();
  const button = useRef<HTMLButtonElement>(null);
  const grip = useRef<{ x: number; y: number; from: PointMm } | null>(null);
  const size = { width: seal.width_mm, height: seal.height_mm };
  useEffect(() => {
    if (selected) button.current?.focus({ preventScroll: true });
  }, [selected]);
  const down = (event: PointerEvent<HTMLButtonElement>) => {
    onSelect();
    event.currentTarget.setPointerCapture(event.pointerId);
    grip.current = { x: event.clientX, y: event.clientY, from: { x: mark.x, y: mark.y } };
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
    if (by) onMove(keepOnPage({ x: mark.x + by.x, y: mark.y + by.y }, size, page));
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
      data-testid={`mark-${mark.key}`}
      data-selected={selected || undefined}
      data-off={isOnPage(mark, size, page) ? undefined : true}
      aria-label={t("desk.markLabel", { name: seal.name, x: millimetres(mark.x), y: millimetres(mark.y) })}
      style={{
        left: toPx(mark.x, scale),
        top: toPx(mark.y, scale),
        width: toPx(seal.width_mm, scale),
        height: toPx(seal.height_mm, scale),
      }}
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={drop}
      onPointerCancel={drop}
      onFocus={onSelect}
      onKeyDown={key}
    >
      <img src={sealPicture(seal.picture)} alt="" draggable={false} />
    </button>
  );
}
