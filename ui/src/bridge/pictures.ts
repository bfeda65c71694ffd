// Addresses of pages and seals under the shell's own `picture` scheme: no bytes travel as JSON.
import { convertFileSrc } from "@tauri-apps/api/core";
import type { PhotoBox } from "../bindings";

const address = (path: string) => convertFileSrc("", "picture") + path;

/** A page as a picture of the given width in device pixels; widths are stepped so that zooming reuses pictures. */
export function pagePicture(documentId: string, page: number, widthPx: number): string {
  const stepped = Math.min(2400, Math.max(80, Math.ceil(widthPx / 80) * 80));
  return address(`page/${encodeURIComponent(documentId)}/${page}?width=${stepped}`);
}

/** A seal, or what was made of a photo; `path` is the view's own, such as `seal/<id>`. */
export function sealPicture(path: string): string {
  return address(path.replace(/^\//, ""));
}

/** A whole photo, small enough for looking at. */
export function photoPicture(photoId: string): string {
  return address(`photo/${encodeURIComponent(photoId)}`);
}

/** A part of a photo in full. */
export function photoPart(photoId: string, { x, y, width, height }: PhotoBox): string {
  return address(`photo/${encodeURIComponent(photoId)}?x=${x}&y=${y}&width=${width}&height=${height}`);
}

/** A drawing the core sent as text, as an address an `img` can show without running anything in it. */
export function drawing(svg: string): string {
  return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
}
