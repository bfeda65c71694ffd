// The frame for cropping: moved as a whole, stretched at eight handles, by pointer and by keyboard.
import { type KeyboardEvent, type PointerEvent, useRef, useState } from "react";
import type { PhotoBox } from "../bindings";
import { useTranslation } from "../words/words";
import { type Frame, type Handle, handles, moved, nudged, stretched } from "./crop";
import { placedAt } from "./Stage";

type Props = {
  box: PhotoBox;
  frame: Frame;
  scale: number;
  /** The machine's suggestion, not yet the person's own. */
  suggested: boolean;
  /** `tag` joins the steps of one act, such as a key held down. */
  onChange: (box: PhotoBox, tag?: string) => void;
};

type Grip = { part: Handle | "all"; x: number; y: number; from: PhotoBox };

export function CropFrame({ box, frame, scale, suggested, onChange }: Props) {
  const { t } = useTranslation();
  const grip = useRef<Grip | null>(null);
  // While it is dragged only the frame follows; the photo is cleaned when it is let go.
  const [dragged, setDragged] = useState<PhotoBox | null>(null);
  const shown = dragged ?? box;
  const changed = (from: PhotoBox, part: Handle | "all", dx: number, dy: number) =>
    part === "all" ? moved(from, dx, dy, frame) : stretched(from, part, dx, dy, frame);
  const hold = (part: Handle | "all") => ({
    onPointerDown: (event: PointerEvent<HTMLButtonElement>) => {
      event.stopPropagation();
      event.currentTarget.setPointerCapture(event.pointerId);
      grip.current = { part, x: event.clientX, y: event.clientY, from: shown };
    },
    onPointerMove: (event: PointerEvent) => {
      const held = grip.current;
      if (!held) return;
      setDragged(changed(held.from, held.part, (event.clientX - held.x) / scale, (event.clientY - held.y) / scale));
    },
    onPointerUp: () => {
      grip.current = null;
      if (dragged) onChange(dragged);
      setDragged(null);
    },
    onPointerCancel: () => {
      grip.current = null;
      setDragged(null);
    },
    onKeyDown: (event: KeyboardEvent) => {
      const by = nudged(event.key, event.shiftKey);
      if (!by) return;
      event.preventDefault();
      onChange(changed(shown, part, by[0], by[1]), `crop:${part}`);
    },
  });
  return (
    <div
      className="cropframe"
      data-suggested={suggested || undefined}
      data-testid="crop-frame"
      style={placedAt(shown, scale)}
    >
      <button
        type="button"
        className="inside"
        data-testid="crop-move"
        aria-label={t("photo.cropMove", { width: shown.width, height: shown.height })}
        {...hold("all")}
      />
      {handles.map((handle) => (
        <button
          key={handle}
          type="button"
          className={`grip ${handle}`}
          data-testid={`crop-${handle}`}
          aria-label={t(`photo.handle.${handle}`)}
          {...hold(handle)}
        />
      ))}
    </div>
  );
}
