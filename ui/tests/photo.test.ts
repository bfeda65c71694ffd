// The arithmetic of cropping, and what is taken when a person has not said.
import { describe, expect, test } from "vitest";
import type { CertificateView, CleanedPhotoView } from "../src/bindings";
import { handles, LEAST_PX, middle, moved, nudged, stretched, widened } from "../src/photo/crop";
import { certificateFor, cleanInput, kindFor, noWishes, turnedBy } from "../src/photo/wishes";

const frame = { width: 1000, height: 800 };
const box = { x: 100, y: 100, width: 300, height: 200 };

describe("the crop frame", () => {
  test("moves as far as the photo goes and keeps its size", () => {
    expect(moved(box, 50.4, -20.6, frame)).toEqual({ ...box, x: 150, y: 79 });
    expect(moved(box, -999, 9999, frame)).toEqual({ ...box, x: 0, y: 600 });
  });
  test("is stretched at every handle, never inside out and never out of the photo", () => {
    expect(stretched(box, "nw", 10, 20, frame)).toEqual({ x: 110, y: 120, width: 290, height: 180 });
    expect(stretched(box, "se", 10, 20, frame)).toEqual({ x: 100, y: 100, width: 310, height: 220 });
    expect(stretched(box, "n", 10, 20, frame)).toEqual({ x: 100, y: 120, width: 300, height: 180 });
    for (const handle of handles)
      for (const by of [-5000, 5000]) {
        const { x, y, width, height } = stretched(box, handle, by, by, frame);
        expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
        expect(x + width).toBeLessThanOrEqual(frame.width);
        expect(y + height).toBeLessThanOrEqual(frame.height);
        expect(Math.min(width, height)).toBeGreaterThanOrEqual(LEAST_PX);
      }
  });
  test("is widened inside the photo, and begins in the middle when nothing was found", () => {
    expect(widened({ x: 10, y: 10, width: 100, height: 50 }, 0.2, frame)).toEqual({
      x: 0,
      y: 0,
      width: 130,
      height: 80,
    });
    expect(middle(frame)).toEqual({ x: 260, y: 160, width: 480, height: 480 });
  });
  test("is moved by arrow keys, faster with Shift", () => {
    expect(nudged("ArrowLeft", false)).toEqual([-4, 0]);
    expect(nudged("ArrowDown", true)).toEqual([0, 40]);
    expect(nudged("Enter", false)).toBeNull();
  });
});

describe("wishes", () => {
  const certificate = (id: string, kind: CertificateView["kind"]) => ({ id, kind }) as CertificateView;
  const both = [certificate("e", "enterprise"), certificate("p", "personal")];
  const found = (mark: CleanedPhotoView["mark"], shape: CleanedPhotoView["shape"]) =>
    ({ mark, shape }) as CleanedPhotoView;
  test("a signature and a square seal are a person's, a round one the enterprise's", () => {
    expect(certificateFor(noWishes, both, found("signature", "free"))?.id).toBe("p");
    expect(certificateFor(noWishes, both, found("seal", "square"))?.id).toBe("p");
    expect(certificateFor(noWishes, both, found("seal", "round"))?.id).toBe("e");
    expect(certificateFor({ ...noWishes, certificateId: "e" }, both, found("signature", "free"))?.id).toBe("e");
  });
  test("the kind is the chosen one as long as the certificate has it", () => {
    expect(kindFor(noWishes, both[1], found("signature", "free"))).toBe("handwritten");
    expect(kindFor(noWishes, both[1], found("seal", "square"))).toBe("personal_name");
    expect(kindFor({ ...noWishes, kind: "invoice" }, both[0], undefined)).toBe("invoice");
    expect(kindFor({ ...noWishes, kind: "invoice" }, both[1], undefined)).toBe("personal_name");
  });
  test("the ink decides what is looked for until a kind is chosen", () => {
    expect(cleanInput("a", noWishes).mark).toBeNull();
    expect(cleanInput("a", { ...noWishes, kind: "handwritten" }).mark).toBe("signature");
    expect(cleanInput("a", { ...noWishes, kind: "company" }).mark).toBe("seal");
  });
  test("turns stay within half a turn", () => {
    expect(turnedBy(170, 90)).toBe(-100);
    expect(turnedBy(-10, 20)).toBe(10);
  });
});
