// Page ranges: as people type them in Chinese or English, as the core reads them, and as they are read out.
import type { Translate } from "../words/words";

/** Width of a thumbnail in CSS pixels. */
export const THUMBNAIL_WIDTH = 72;

/** Width of a thumbnail's picture in device pixels. */
export const thumbnailPx = () => THUMBNAIL_WIDTH * window.devicePixelRatio;

/** The core's words for pages. */
export const pageWords = ["all", "odd", "even", "first", "last"] as const;
export type PageWord = (typeof pageWords)[number];

const typed: Record<string, PageWord> = {
  全部: "all",
  所有: "all",
  全: "all",
  奇数: "odd",
  单数: "odd",
  奇: "odd",
  偶数: "even",
  双数: "even",
  偶: "even",
  首: "first",
  第一: "first",
  末: "last",
  尾: "last",
  最后: "last",
  最后一: "last",
};

const isWord = (part: string): part is PageWord => (pageWords as readonly string[]).includes(part);

/** One part between commas: `第3页` → `3`, `奇数页` → `odd`. */
function plainPart(part: string): string {
  const bare = part.replace(/页$/, "");
  return typed[bare] ?? bare.replace(/^第/, "");
}

/** A range as the core reads it: ASCII digits, commas and hyphens, its own words, lower case. */
export function plainRange(range: string): string {
  return range
    .normalize("NFKC")
    .toLowerCase()
    .replace(/\s+/g, "")
    .replace(/[、;]/g, ",")
    .replace(/[–—−~～至到]/g, "-")
    .split(",")
    .map(plainPart)
    .join(",");
}

/** The pages (from 1) a range names, in order, or null when it is not understood: `全部`, `odd`, `1-3,5`, `首页、3-末页` is not. */
export function pagesOf(range: string, pageCount: number): number[] | null {
  const every = Array.from({ length: pageCount }, (_, index) => index + 1);
  const words: Record<PageWord, () => number[]> = {
    all: () => every,
    odd: () => every.filter((page) => page % 2 === 1),
    even: () => every.filter((page) => page % 2 === 0),
    first: () => every.slice(0, 1),
    last: () => every.slice(-1),
  };
  const chosen = new Set<number>();
  for (const part of plainRange(range).split(",")) {
    const pages = isWord(part) ? words[part]() : span(part, pageCount);
    if (pages === null) return null;
    for (const page of pages) chosen.add(page);
  }
  return chosen.size === 0 ? null : [...chosen].sort((a, b) => a - b);
}

function span(part: string, pageCount: number): number[] | null {
  const found = /^(\d{1,7})(?:-(\d{1,7}))?$/.exec(part);
  if (!found) return null;
  const from = Number(found[1]);
  const to = Number(found[2] ?? found[1]);
  if (from < 1 || to < from || to > pageCount) return null;
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

/** A range read out: 全部页, 首页、第 3-5 页; what is not understood stays as it was typed. */
export function rangeWords(range: string, t: Translate): string {
  const parts = plainRange(range).split(",");
  const words = parts.filter(isWord).map((word) => t(`desk.rangeNamed.${word}`));
  const numbers = parts.filter((part) => !isWord(part));
  const known = numbers.every((part) => /^\d+(-\d+)?$/.test(part));
  if (!known) return range;
  if (numbers.length > 0) words.push(t("desk.onPages", { pages: numbers.join(",") }));
  return words.join(t("common.list"));
}
