// The pen: what is kept of a pointer, and the same outline here and in the core.
import { expect, test } from "vitest";
import { coalesced, corners, inks, outline, PAD, point, tellsPressure } from "../src/signature/pen";

const at = (init: PointerEventInit & { timeStamp?: number }) =>
  Object.assign(new Event("pointermove"), { pressure: 0, ...init }) as unknown as PointerEvent;
const pad = { left: 100, top: 50, width: 450, height: 180 };

test("places are in units of the pad, whatever its size on the screen", () => {
  const pen = at({ clientX: 325, clientY: 140, pointerType: "pen", pressure: 0.31254 });
  expect(point(pen, pad, pen.timeStamp - 12)).toEqual([PAD.width / 2, PAD.height / 2, 0.313, 12]);
});

test("only a pen that says how hard it presses is believed", () => {
  expect(tellsPressure(at({ pointerType: "pen", pressure: 0.2 }))).toBe(true);
  for (const pressure of [0, 0.5, 1]) expect(tellsPressure(at({ pointerType: "pen", pressure }))).toBe(false);
  for (const pointerType of ["mouse", "touch"]) {
    const other = at({ clientX: 100, clientY: 50, pointerType, pressure: 0.9 });
    expect(point(other, pad, other.timeStamp)[2]).toBe(0.5);
  }
});

test("places between two events are kept, but for those where nothing was pressed", () => {
  const down = (clientX: number) => at({ clientX, buttons: 1 });
  const between = [down(1), down(2), down(3)];
  expect(coalesced(Object.assign(down(3), { getCoalescedEvents: () => between }))).toEqual(between);
  const alone = down(4);
  expect(coalesced(Object.assign(alone, { getCoalescedEvents: () => [] }))).toEqual([alone]);
  expect(coalesced(at({ clientX: 800, buttons: 0 }))).toEqual([]);
});

test("inks differ", () => expect(new Set(Object.values(inks)).size).toBe(3));

/** A hook and a wave, as a pen and as a mouse would give them. */
function stroke(pressure: boolean) {
  const points = Array.from({ length: 60 }, (_, step): [number, number, number, number] => {
    const t = step / 59;
    const places = [120 + 400 * t + 60 * Math.sin(t * 5), 80 + 90 * t * t + 40 * Math.sin(t * 11)];
    const [x = 0, y = 0] = places.map((value) => Math.round(value * 100) / 100);
    return [x, y, pressure ? Math.round((0.2 + 0.7 * t) * 1000) / 1000 : 0.5, step * 8];
  });
  return { pressure, points };
}

test("the core outlines the same points the same way", async () => {
  // The core's own test reads this file (crates/seal/src/handwriting.rs); `npx vitest run -u` writes it anew.
  const pen = 14;
  const rounded = (value: number) => Math.round(value * 1e6) / 1e6;
  const strokes = [stroke(true), stroke(false)].map((one) => ({
    ...one,
    corners: corners(one, pen).map(([x = 0, y = 0]) => [rounded(x), rounded(y)]),
  }));
  const text = `${JSON.stringify({ pen, strokes }).replaceAll("],[", "],\n[")}\n`;
  await expect(text).toMatchFileSnapshot("../../crates/seal/tests/outlines.json");
});

test("an outline is one closed curve, and nothing has none", () => {
  expect(outline(stroke(true), 14)).toMatch(/^M[\d.]+ [\d.]+Q.*Z$/);
  expect(outline({ pressure: true, points: [] }, 14)).toBe("");
});
