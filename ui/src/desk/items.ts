// What lies on the desk: things and their places, and the plan they become.
import type {
  ContentInput,
  PlacedBoxView,
  PlaceInput,
  PlanItemInput,
  PlanPreviewView,
  SealView,
  SigningPlanInput,
} from "../bindings";
import { pagesOf, plainRange } from "./pages";

/** One thing and its place; the key lives as long as the desk. */
export type Item = { key: string; content: ContentInput; place: PlaceInput };
/** An item that lies at one position and can be dragged. */
export type At = Extract<PlaceInput, { kind: "at" }>;
/** An item beside a word. */
export type Keyword = Extract<PlaceInput, { kind: "keyword" }>;
/** An item cut over many pages. */
export type Seam = Extract<PlaceInput, { kind: "seam" }>;
/** Seals by their id. */
export type SealShelf = ReadonlyMap<string, SealView>;
/** A worked-out plan with the keys its items had. */
export type Preview = { keys: string[]; view: PlanPreviewView };
/** A width and height in mm. */
export type Size = { width: number; height: number };

/** The blue-black of signing ink. */
export const INK = "#1a1a1a";
/** The size that forms are filled in with, in points. */
export const TEXT_PT = 12;

/** A place as the core reads it: people type pages in Chinese, too. */
function plainPlace(place: PlaceInput): PlaceInput {
  return { ...place, pages: plainRange(place.pages) };
}

/** The items as the core reads them. */
export function plainItems(items: Item[]): PlanItemInput[] {
  return items.map(({ content, place }) => ({ content, place: plainPlace(place) }));
}

/** What the core is asked to show, check and sign. */
export function planOf(documentId: string, certificateId: string, items: Item[], reason: string): SigningPlanInput {
  return {
    document_id: documentId,
    certificate_id: certificateId,
    items: plainItems(items),
    reason: reason.trim(),
    // Chosen when signing; what is shown and checked before does not depend on it.
    level: "b_b",
  };
}

/** The seal of an item, when it has one. */
export function sealOf(item: Item, seals: SealShelf): SealView | undefined {
  return item.content.kind === "seal" ? seals.get(item.content.seal) : undefined;
}

/** The whole size of an item: a seal's own, of text what the preview says. */
export function sizeOf(item: Item, seals: SealShelf, preview: Preview | undefined): Size | null {
  const seal = sealOf(item, seals);
  if (seal) return { width: seal.width_mm, height: seal.height_mm };
  const shown = viewOf(item, preview);
  return shown && shown.width_mm > 0 ? { width: shown.width_mm, height: shown.height_mm } : null;
}

/** What the preview says of an item. */
export function viewOf(item: Item, preview: Preview | undefined) {
  const index = preview?.keys.indexOf(item.key) ?? -1;
  return index < 0 ? undefined : preview?.view.items[index];
}

/** What should be known of an item. */
export function findingsOf(item: Item, preview: Preview | undefined) {
  const index = preview?.keys.indexOf(item.key) ?? -1;
  return preview?.view.findings.filter((finding) => finding.item === index) ?? [];
}

/** The items that lie at a position on a page: shown from here, so that dragging never waits. */
export function itemsAt(page: number, items: Item[], pageCount: number): (Item & { place: At })[] {
  const lies = (item: Item): item is Item & { place: At } =>
    item.place.kind === "at" && (pagesOf(item.place.pages, pageCount)?.includes(page) ?? false);
  return items.filter(lies);
}

/** The boxes of all other items on a page, with their keys, as the core worked them out. */
export function boxesOn(page: number, items: Item[], preview: Preview | undefined): [Item, PlacedBoxView][] {
  if (!preview) return [];
  const moving = new Map(items.filter((item) => item.place.kind !== "at").map((item) => [item.key, item]));
  return preview.view.boxes.flatMap((box) => {
    const item = box.page === page ? moving.get(preview.keys[box.item] ?? "") : undefined;
    return item ? [[item, box] as [Item, PlacedBoxView]] : [];
  });
}

/** How many boxes each item has; an item at a position counts its pages until the core has spoken. */
export function counts(items: Item[], preview: Preview | undefined, pageCount: number): Map<string, number> {
  const found = new Map<string, number>();
  for (const box of preview?.view.boxes ?? []) {
    const key = preview?.keys[box.item] ?? "";
    found.set(key, (found.get(key) ?? 0) + 1);
  }
  return new Map(
    items.map((item) => [
      item.key,
      item.place.kind === "at" && !preview?.keys.includes(item.key)
        ? (pagesOf(item.place.pages, pageCount)?.length ?? 0)
        : (found.get(item.key) ?? 0),
    ]),
  );
}
