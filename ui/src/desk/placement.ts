// Where a seal lies: millimetres on the page and pixels on the screen, and the pages a range names.
import type { PageView } from "../bindings";

/** The smallest step of a nudge, in mm. */
export const NUDGE_MM = 0.5;
/** The larger step of a nudge, in mm. */
export const LARGE_NUDGE_MM = 5;

/** A point or the top left of a box, from the visible page's top left, in mm. */
export type PointMm = { x: number; y: number };
/** A size in mm. */
export type SizeMm = { width: number; height: number };

/** Pixels per millimetre when a page of `page.width_mm` is shown `widthPx` wide. */
export function pixelsPerMm(page: PageView, widthPx: number): number {
  return widthPx / page.width_mm;
}

/** A position on the screen, relative to the sheet's top left, as mm on the page. */
export function toMm(px: { x: number; y: number }, scale: number): PointMm {
  return { x: px.x / scale, y: px.y / scale };
}

/** A length in mm as pixels on the screen. */
export function toPx(mm: number, scale: number): number {
  return mm * scale;
}

/** A tenth of a millimetre is the finest anyone places a seal. */
export function roundMm(mm: number): number {
  return Math.round(mm * 10) / 10;
}

/** Keeps a seal wholly on the page; a seal larger than the page lies at its top left. */
export function keepOnPage(at: PointMm, seal: SizeMm, page: PageView): PointMm {
  const limit = (value: number, most: number) => roundMm(Math.min(Math.max(0, value), Math.max(0, floorMm(most))));
  return { x: limit(at.x, page.width_mm - seal.width), y: limit(at.y, page.height_mm - seal.height) };
}

const floorMm = (mm: number) => Math.floor(mm * 10) / 10;

/** The top left of a seal whose middle is at `middle`. */
export function centredAt(middle: PointMm, seal: SizeMm): PointMm {
  return { x: middle.x - seal.width / 2, y: middle.y - seal.height / 2 };
}

/** The seal lies wholly inside the page. */
export function isOnPage(at: PointMm, seal: SizeMm, page: PageView): boolean {
  const slack = 0.05;
  return (
    at.x >= -slack &&
    at.y >= -slack &&
    at.x + seal.width <= page.width_mm + slack &&
    at.y + seal.height <= page.height_mm + slack
  );
}

/** How an arrow key moves a seal; null for any other key. */
export function nudge(key: string, large: boolean): PointMm | null {
  const step = large ? LARGE_NUDGE_MM : NUDGE_MM;
  const moves: Record<string, PointMm> = {
    ArrowLeft: { x: -step, y: 0 },
    ArrowRight: { x: step, y: 0 },
    ArrowUp: { x: 0, y: -step },
    ArrowDown: { x: 0, y: step },
  };
  return moves[key] ?? null;
}
