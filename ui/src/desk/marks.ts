// Marks while they are being placed, and the plan they become.
import type { SealView, SigningPlanInput } from "../bindings";
import { pagesOf, plainRange } from "./pages";

/** One seal on a range of pages; x and y in mm from the visible page's top left. */
export type Mark = { key: string; seal_id: string; pages: string; x: number; y: number };

/** What the core is asked to check and sign. */
export function planOf(documentId: string, certificateId: string, marks: Mark[], reason: string): SigningPlanInput {
  return {
    document_id: documentId,
    certificate_id: certificateId,
    items: marks.map((mark) => ({
      content: { kind: "seal", seal: mark.seal_id },
      place: { kind: "at", pages: plainRange(mark.pages), x_mm: mark.x, y_mm: mark.y },
    })),
    reason: reason.trim(),
  };
}

/** How many times a seal will be placed in all; ranges not understood count nothing. */
export function totalPlaces(marks: Mark[], pageCount: number): number {
  return marks.reduce((sum, mark) => sum + (pagesOf(mark.pages, pageCount)?.length ?? 0), 0);
}

/** The marks that lie on a page. */
export function marksOn(page: number, marks: Mark[], pageCount: number): Mark[] {
  return marks.filter((mark) => pagesOf(mark.pages, pageCount)?.includes(page) ?? false);
}

/** Seals by their id. */
export type SealShelf = ReadonlyMap<string, SealView>;
