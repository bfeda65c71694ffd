// Before and after, one over the other: a line between them that is dragged, or moved by the arrow keys.
import { type KeyboardEvent, type PointerEvent, useRef, useState } from "react";
import type { CleanedPhotoView, PhotoBox, SealPhotoView } from "../bindings";
import { photoPart, sealPicture } from "../bridge/pictures";
import { useTranslation } from "../words/words";
import { placedAt } from "./Stage";

type Props = { photo: SealPhotoView; cleaned: CleanedPhotoView; around: PhotoBox; scale: number };

export function Compare({ photo, cleaned, around, scale }: Props) {
  const { t } = useTranslation();
  const area = useRef<HTMLDivElement>(null);
  const [share, setShare] = useState(0.5);
  const held = useRef(false);
  const to = (value: number) => setShare(Math.max(0, Math.min(1, value)));
  const drag = (event: PointerEvent) => {
    const box = area.current?.getBoundingClientRect();
    if (held.current && box && box.width > 0) to((event.clientX - box.left) / box.width);
  };
  const key = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -0.05, ArrowDown: -0.05, ArrowRight: 0.05, ArrowUp: 0.05, Home: -1, End: 1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    to(share + by);
  };
  const percent = `${share * 100}%`;
  const inside = { ...cleaned.place, x: cleaned.place.x - around.x, y: cleaned.place.y - around.y };
  return (
    <div ref={area} className="compare" data-testid="compare" style={placedAt(around, scale)}>
      <img className="whole" src={photoPart(photo.id, around)} alt="" draggable={false} />
      <div className="after" style={{ clipPath: `inset(0 0 0 ${percent})` }}>
        <img src={sealPicture(cleaned.overlay)} alt="" draggable={false} style={placedAt(inside, scale)} />
      </div>
      <span className="side before" style={{ opacity: share > 0.16 ? 1 : 0 }}>
        {t("photo.before")}
      </span>
      <span className="side" style={{ opacity: share < 0.84 ? 1 : 0 }}>
        {t("photo.after")}
      </span>
      <div
        role="slider"
        tabIndex={0}
        className="divider"
        data-testid="compare-slider"
        aria-label={t("photo.divider")}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share * 100)}
        style={{ left: percent }}
        onKeyDown={key}
        onPointerDown={(event) => {
          held.current = true;
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={drag}
        onPointerUp={() => {
          held.current = false;
        }}
        onPointerCancel={() => {
          held.current = false;
        }}
      >
        <i aria-hidden="true">‹ ›</i>
      </div>
    </div>
  );
}
