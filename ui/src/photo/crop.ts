// The arithmetic of cropping: boxes in the photo's own pixels, moved and stretched without leaving it.
import type { PhotoBox } from "../bindings";

/** What a box must stay inside of. */
export type Frame = { width: number; height: number };

/** The handles of a box, clockwise from its upper left corner. */
export const handles = ["nw", "n", "ne", "e", "se", "s", "sw", "w"] as const;
export type Handle = (typeof handles)[number];

/** Narrower than this nothing can be found. */
export const LEAST_PX = 48;

const held = (value: number, least: number, most: number) => Math.max(least, Math.min(most, Math.round(value)));

/** The box moved by a distance, as far as the photo goes. */
export function moved(box: PhotoBox, dx: number, dy: number, frame: Frame): PhotoBox {
  return {
    ...box,
    x: held(box.x + dx, 0, frame.width - box.width),
    y: held(box.y + dy, 0, frame.height - box.height),
  };
}

/** The box with one edge or corner moved by a distance. */
export function stretched(box: PhotoBox, handle: Handle, dx: number, dy: number, frame: Frame): PhotoBox {
  let left = box.x;
  let top = box.y;
  let right = box.x + box.width;
  let bottom = box.y + box.height;
  const least = Math.min(LEAST_PX, frame.width, frame.height);
  if (handle.includes("w")) left = held(left + dx, 0, right - least);
  if (handle.includes("e")) right = held(right + dx, left + least, frame.width);
  if (handle.includes("n")) top = held(top + dy, 0, bottom - least);
  if (handle.includes("s")) bottom = held(bottom + dy, top + least, frame.height);
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** A box widened on every side by a share of its longer one. */
export function widened(box: PhotoBox, share: number, frame: Frame): PhotoBox {
  const by = Math.max(box.width, box.height) * share;
  const left = held(box.x - by, 0, frame.width);
  const top = held(box.y - by, 0, frame.height);
  const right = held(box.x + box.width + by, 0, frame.width);
  const bottom = held(box.y + box.height + by, 0, frame.height);
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** The middle of the photo: where to begin when the machine found nothing. */
export function middle(frame: Frame): PhotoBox {
  const side = Math.round(Math.min(frame.width, frame.height) * 0.6);
  return {
    x: Math.round((frame.width - side) / 2),
    y: Math.round((frame.height - side) / 2),
    width: side,
    height: side,
  };
}

/** The distance an arrow key moves by, in the photo's pixels; with Shift ten times as far. */
export function nudged(key: string, shift: boolean): [number, number] | null {
  const by = shift ? 40 : 4;
  const ways: Record<string, [number, number]> = {
    ArrowLeft: [-by, 0],
    ArrowRight: [by, 0],
    ArrowUp: [0, -by],
    ArrowDown: [0, by],
  };
  return ways[key] ?? null;
}
