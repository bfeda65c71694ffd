// What a person wants made of a photo, and what is taken when they have not said.
import type {
  CertificateView,
  CleanedPhotoView,
  PhotoBox,
  PhotoCleanInput,
  PhotoInk,
  PhotoMark,
  PhotoShape,
  SealKind,
} from "../bindings";

/** The wishes that can be taken back; null is «the machine decides». */
export type Wishes = {
  certificateId: string | null;
  kind: SealKind | null;
  crop: PhotoBox | null;
  turn: number;
  ink: PhotoInk;
  widthMm: number | null;
};

export const noWishes: Wishes = {
  certificateId: null,
  kind: null,
  crop: null,
  turn: 0,
  ink: "kept",
  widthMm: null,
};

/** Kinds an uploaded picture can be, by certificate. */
export const uploadKinds: Record<CertificateView["kind"], readonly SealKind[]> = {
  enterprise: ["company", "bid_purpose", "contract_purpose", "finance_purpose", "invoice"],
  personal: ["personal_name", "legal_representative", "handwritten"],
  unknown: [],
};

/** Widths offered beside the field, in mm. */
export const offeredWidths: Record<PhotoShape, readonly number[]> = {
  round: [38, 40, 42, 45],
  oval: [40, 45],
  square: [16, 18, 20, 25],
  rectangle: [30, 40, 50],
  free: [35, 45, 50, 60],
};

/** Widths a seal may have, in mm. */
export const WIDTHS_MM: [number, number] = [5, 100];

/** What the kind says about the mark; nothing as long as no kind was chosen. */
export function markOf(kind: SealKind | null): PhotoMark | null {
  if (kind === null) return null;
  return kind === "handwritten" ? "signature" : "seal";
}

export function cleanInput(photoId: string, wishes: Wishes): PhotoCleanInput {
  return {
    photo_id: photoId,
    mark: markOf(wishes.kind),
    crop: wishes.crop,
    turn_degrees: wishes.turn,
    ink: wishes.ink,
    width_mm: wishes.widthMm,
  };
}

/** The certificate meant: the chosen one, or one that suits what was found. */
export function certificateFor(
  wishes: Wishes,
  certificates: CertificateView[],
  found: CleanedPhotoView | undefined,
): CertificateView | undefined {
  const suits = found?.mark === "signature" || found?.shape === "square" ? "personal" : "enterprise";
  return (
    certificates.find((one) => one.id === wishes.certificateId) ??
    certificates.find((one) => one.kind === suits) ??
    certificates[0]
  );
}

/** The kind meant: the chosen one, or what was found looks like. */
export function kindFor(
  wishes: Wishes,
  certificate: CertificateView | undefined,
  found: CleanedPhotoView | undefined,
): SealKind {
  const kinds = uploadKinds[certificate?.kind ?? "enterprise"];
  if (wishes.kind && kinds.includes(wishes.kind)) return wishes.kind;
  if (certificate?.kind === "personal") return found?.mark === "signature" ? "handwritten" : "personal_name";
  return "company";
}

/** Degrees between −180 and 180. */
export function turnedBy(turn: number, degrees: number): number {
  const sum = turn + degrees;
  return sum - 360 * Math.round(sum / 360);
}
