// Where a seal lies: millimetres, pixels, edges, nudges and page ranges.
import { describe, expect, test } from "vitest";
import { boxesOn, counts, findingsOf, type Item, itemsAt, type Preview, planOf, sizeOf } from "../src/desk/items";
import { pagesOf, plainRange, rangeWords } from "../src/desk/pages";
import { centredAt, isOnPage, keepOnPage, nudge, pixelsPerMm, toMm, toPx } from "../src/desk/placement";
import { i18next, type Translate } from "../src/words/words";

const t = i18next.t as unknown as Translate;
const page = { width_mm: 210, height_mm: 297 };
const seal = { width: 40, height: 40 };

describe("placing", () => {
  test("a click at any zoom means the same place on the page", () => {
    for (const width of [210, 470, 1234]) {
      const scale = pixelsPerMm(page, width);
      const back = toMm({ x: toPx(128.5, scale), y: toPx(214, scale) }, scale);
      expect(back.x).toBeCloseTo(128.5, 9);
      expect(back.y).toBeCloseTo(214, 9);
    }
  });
  test("a seal dropped over an edge stays wholly on the page", () => {
    expect(keepOnPage(centredAt({ x: 209, y: 5 }, seal), seal, page)).toEqual({ x: 170, y: 0 });
    expect(isOnPage(keepOnPage({ x: 999, y: 999 }, seal, page), seal, page)).toBe(true);
    expect(isOnPage({ x: 171, y: 0 }, seal, page)).toBe(false);
  });
  test("rounding never pushes a seal off a page of odd size", () => {
    const odd = { width_mm: 209.97, height_mm: 296.94 };
    expect(isOnPage(keepOnPage({ x: 999, y: 999 }, seal, odd), seal, odd)).toBe(true);
    const at = keepOnPage({ x: 999, y: 999 }, seal, odd);
    expect(at.x + seal.width).toBeLessThanOrEqual(odd.width_mm);
  });
  test("a seal larger than the page lies at its top left", () =>
    expect(keepOnPage({ x: 5, y: 5 }, { width: 400, height: 400 }, page)).toEqual({ x: 0, y: 0 }));
  test("arrow keys move half a millimetre, five with shift", () => {
    expect(nudge("ArrowLeft", false)).toEqual({ x: -0.5, y: 0 });
    expect(nudge("ArrowDown", true)).toEqual({ x: 0, y: 5 });
    expect(nudge("a", false)).toBeNull();
  });
});

describe("page ranges", () => {
  test.each([
    ["all", [1, 2, 3, 4, 5]],
    ["odd", [1, 3, 5]],
    ["even", [2, 4]],
    ["first", [1]],
    ["last", [5]],
    ["1-3,5", [1, 2, 3, 5]],
    ["3, 1-2", [1, 2, 3]],
    ["2，4", [2, 4]],
    ["1–2", [1, 2]],
    ["全部页", [1, 2, 3, 4, 5]],
    ["奇数", [1, 3, 5]],
    ["偶数页", [2, 4]],
    ["首页、末页", [1, 5]],
    ["第２至３页，最后一页", [2, 3, 5]],
  ])("%s", (range, pages) => {
    expect(pagesOf(range, 5)).toEqual(pages);
  });
  test.each(["", "0", "6", "3-1", "1-9", "x", "1,,2", "-1", "1.5", "首页至末页", "页"])("refuses %j", (range) =>
    expect(pagesOf(range, 5)).toBeNull(),
  );
  test("full-width signs and Chinese words reach the core as plain ones", () => {
    expect(plainRange(" 1–3，5 ")).toBe("1-3,5");
    expect(plainRange("全部")).toBe("all");
    expect(plainRange("第 1～3 页、末页")).toBe("1-3,last");
  });
  test.each([
    ["all", "全部页"],
    ["奇数", "奇数页"],
    ["首页", "首页"],
    ["last", "末页"],
    ["1-3,5", "第 1-3,5 页"],
    ["末页，2", "末页、第 2 页"],
    ["x", "x"],
  ])("%s is read out as %s", (range, words) => expect(rangeWords(range, t)).toBe(words));
});

describe("items", () => {
  const at = (key: string, pages: string, x: number, y: number): Item => ({
    key,
    content: { kind: "seal", seal: "s" },
    place: { kind: "at", pages, x_mm: x, y_mm: y },
  });
  const seam: Item = {
    key: "seam",
    content: { kind: "seal", seal: "s" },
    place: {
      kind: "seam",
      pages: "全部",
      side: "right",
      pages_per_group: null,
      odd_pages_only: false,
      skip_cover: false,
      along_mm: null,
    },
  };
  const items = [at("a", "奇数", 1, 2), at("b", "2", 3, 4), at("c", "?", 0, 0), seam];
  const box = (item: number, page: number) => ({
    item,
    page,
    x_mm: 200,
    y_mm: 100,
    width_mm: 8,
    height_mm: 40,
    part: { x_mm: 0, y_mm: 0, width_mm: 8, height_mm: 40 },
  });
  const preview: Preview = {
    keys: ["a", "gone", "seam"],
    view: {
      boxes: [box(0, 1), box(1, 2), box(2, 2), box(2, 3)],
      items: [],
      findings: [{ code: "seam", level: "ok", item: 2, params: {} }],
      as_widgets: false,
    },
  };
  test("positions are known at once, the rest as the core last said", () => {
    expect(itemsAt(2, items, 5).map((item) => item.key)).toEqual(["b"]);
    expect(boxesOn(2, items, preview).map(([item]) => item.key)).toEqual(["seam"]);
    expect(boxesOn(2, items, undefined)).toEqual([]);
    expect([...counts(items, preview, 5)]).toEqual([
      ["a", 1],
      ["b", 1],
      ["c", 0],
      ["seam", 2],
    ]);
  });
  test("what the core said of an item that is gone belongs to nobody else", () => {
    expect(findingsOf(seam, preview)).toHaveLength(1);
    expect(findingsOf(at("b", "2", 0, 0), preview)).toEqual([]);
    expect(sizeOf({ ...seam, content: { kind: "seal", seal: "none" } }, new Map(), preview)).toBeNull();
  });
  test("the plan carries places in the core's own words and nothing else", () => {
    expect(planOf("d", "c", [at("a", "奇数", 1, 2), seam], "  投标 ")).toEqual({
      document_id: "d",
      certificate_id: "c",
      items: [
        { content: { kind: "seal", seal: "s" }, place: { kind: "at", pages: "odd", x_mm: 1, y_mm: 2 } },
        { content: { kind: "seal", seal: "s" }, place: { ...seam.place, pages: "all" } },
      ],
      reason: "投标",
      level: "b_b",
    });
  });
});
