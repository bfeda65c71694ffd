// The photo large: zoomed and moved, what was made of it beside it, and the frame for cropping.
import { type PointerEvent, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { PhotoBox, SealPhotoView } from "../bindings";
import { photoPicture } from "../bridge/pictures";
import { useTranslation } from "../words/words";

/** Zoom steps, in screen pixels for one of the photo's. */
const ZOOMS = [0.05, 0.08, 0.12, 0.18, 0.25, 0.35, 0.5, 0.7, 1, 1.5, 2, 3] as const;
/** Free space around what is fitted, in pixels. */
const MARGIN = 28;

type Props = {
  photo: SealPhotoView;
  /** What is to be seen when nothing was zoomed. */
  focus: PhotoBox;
  /** Each view has a zoom of its own. */
  view: string;
  children: (scale: number) => ReactNode;
};

export function Stage({ photo, focus, view, children }: Props) {
  const { t } = useTranslation();
  const canvas = useRef<HTMLDivElement>(null);
  const scroll = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState({ width: 560, height: 480 });
  const [zooms, setZooms] = useState<Record<string, number>>({});
  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    const watch = new ResizeObserver(() => setRoom({ width: element.clientWidth, height: element.clientHeight }));
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  const fit = Math.max(
    0.02,
    Math.min((room.width - MARGIN) / focus.width, (room.height - MARGIN - 40) / focus.height, 3),
  );
  const scale = zooms[view] ?? fit;
  const { x, y, width, height } = focus;
  useLayoutEffect(() => {
    const element = scroll.current;
    if (!element) return;
    element.scrollLeft = (x + width / 2) * scale - room.width / 2;
    element.scrollTop = (y + height / 2) * scale - (room.height - 40) / 2;
  }, [x, y, width, height, scale, room]);
  const step = (direction: 1 | -1) =>
    setZooms({
      ...zooms,
      [view]:
        direction === 1
          ? (ZOOMS.find((one) => one > scale * 1.01) ?? scale)
          : ([...ZOOMS].reverse().find((one) => one < scale * 0.99) ?? scale),
    });
  const fitAgain = () => {
    const { [view]: _, ...others } = zooms;
    setZooms(others);
  };
  const pan = usePan(scroll);
  return (
    <div className="canvas photocanvas" ref={canvas}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling picture must be reachable from the keyboard. */}
      <div className="photoscroll" ref={scroll} role="group" tabIndex={0} aria-label={t("photo.stage")} {...pan}>
        <div
          className="photosheet"
          data-testid="photo-sheet"
          style={{ width: photo.width * scale, height: photo.height * scale }}
        >
          <img className="whole" src={photoPicture(photo.id)} alt={photo.file_name} draggable={false} />
          {children(scale)}
        </div>
      </div>
      <Zoom shown={scale} fitted={zooms[view] === undefined} onStep={step} onFit={fitAgain} />
    </div>
  );
}

type ZoomProps = { shown: number; fitted: boolean; onStep: (direction: 1 | -1) => void; onFit: () => void };

function Zoom({ shown, fitted, onStep, onFit }: ZoomProps) {
  const { t } = useTranslation();
  return (
    <div className="zoom">
      <button type="button" aria-label={t("desk.zoomOut")} onClick={() => onStep(-1)}>
        −
      </button>
      <span aria-live="polite">{Math.round(shown * 100)}%</span>
      <button type="button" data-testid="photo-zoom-in" aria-label={t("desk.zoomIn")} onClick={() => onStep(1)}>
        ＋
      </button>
      <button type="button" data-testid="photo-fit" disabled={fitted} onClick={onFit}>
        {t("photo.fit")}
      </button>
    </div>
  );
}

/** The paper is moved by dragging it where nothing else is held. */
function usePan(scroll: { current: HTMLDivElement | null }) {
  const grip = useRef<{ x: number; y: number; left: number; top: number } | null>(null);
  const down = (event: PointerEvent<HTMLDivElement>) => {
    const element = scroll.current;
    if (!element || event.button !== 0) return;
    if (event.target instanceof Element && event.target.closest("button,[role=slider]")) return;
    // The scroll bars belong to the system.
    if (event.nativeEvent.offsetX > element.clientWidth && event.target === element) return;
    grip.current = { x: event.clientX, y: event.clientY, left: element.scrollLeft, top: element.scrollTop };
    element.setPointerCapture(event.pointerId);
  };
  const move = (event: PointerEvent) => {
    const held = grip.current;
    const element = scroll.current;
    if (!held || !element) return;
    element.scrollLeft = held.left - (event.clientX - held.x);
    element.scrollTop = held.top - (event.clientY - held.y);
  };
  const drop = () => {
    grip.current = null;
  };
  return { onPointerDown: down, onPointerMove: move, onPointerUp: drop, onPointerCancel: drop };
}

/** Where a box of the photo lies on the stage. */
export function placedAt(box: PhotoBox, scale: number) {
  return { left: box.x * scale, top: box.y * scale, width: box.width * scale, height: box.height * scale };
}
