// The pen: what the pointer tells, kept as raw points, and the outline drawn while writing. The core makes the final
// outline from the same points with the same numbers (crates/seal/src/handwriting.rs; tests/pen.test.ts holds them
// together).
import { getStroke } from "perfect-freehand";
import type { PenInk, PenStrokeInput } from "../bindings";

/** The pad's own width and height; points and the pen's diameter are in these units. */
export const PAD = { width: 900, height: 360 };

/** Diameters of the pen to choose from. */
export const pens = { thin: 9, medium: 14, thick: 20 } as const;
export type Pen = keyof typeof pens;

/** Inks, as `Colour::PEN_BLACK` and its like in the core. */
export const inks: Record<PenInk, string> = { black: "#1a1a1f", blue: "#1f3a8a", red: "#c8161d" };

type Place = { left: number; top: number; width: number; height: number };
export type Point = [x: number, y: number, pressure: number, at: number];

/** Finer than any pen tells; the core rounds the same way. */
const rounded = (value: number, steps: number) => Math.round(value * steps) / steps;

/** A point of the pointer on the pad: place, pressure, time since the stroke began. */
export function point(event: PointerEvent, pad: Place, began: number): Point {
  const x = ((event.clientX - pad.left) / pad.width) * PAD.width;
  const y = ((event.clientY - pad.top) / pad.height) * PAD.height;
  const pressure = event.pointerType === "pen" ? Math.min(event.pressure, 1) : 0.5;
  return [rounded(x, 100), rounded(y, 100), rounded(pressure, 1000), Math.round(event.timeStamp - began)];
}

/** A mouse, most fingers and some pens report nothing, one half or all however hard they press. */
export const tellsPressure = (event: PointerEvent) =>
  event.pointerType === "pen" && ![0, 0.5, 1].includes(event.pressure);

/** Every place the pointer went while it was down since the last event, not only the last one. */
export function coalesced(event: PointerEvent): PointerEvent[] {
  const all = event.getCoalescedEvents?.() ?? [];
  return (all.length > 0 ? all : [event]).filter((one) => one.buttons !== 0);
}

/** The corners of a stroke's outline. */
export function corners(stroke: PenStrokeInput, pen: number): number[][] {
  return getStroke(
    stroke.points.map(([x = 0, y = 0, pressure = 0.5]) => [x, y, pressure]),
    {
      size: pen,
      thinning: 0.65,
      smoothing: 0.5,
      streamline: 0.45,
      simulatePressure: !stroke.pressure,
      start: { taper: pen * 0.4 },
      end: { taper: pen * 1.2 },
      last: true,
    },
  );
}

/** The outline of a stroke as an SVG path, curved through the midpoints of its corners. */
export function outline(stroke: PenStrokeInput, pen: number): string {
  const around = corners(stroke, pen);
  const last = around.at(-1);
  const first = around[0];
  if (!first || !last) return "";
  const at = ([x = 0, y = 0]: number[]) => `${x.toFixed(2)} ${y.toFixed(2)}`;
  const middle = ([ax = 0, ay = 0]: number[], [bx = 0, by = 0]: number[]) => at([(ax + bx) / 2, (ay + by) / 2]);
  const pieces = around.map((corner, index) => `Q${at(corner)} ${middle(corner, around[index + 1] ?? first)}`);
  return `M${middle(last, first)}${pieces.join("")}Z`;
}
