"""Draws pages with PDFium: each line asks for `FILE<tab>PAGE<tab>DPI<tab>OUT.ppm` and is answered by `done` or `cannot`."""
import sys

import pypdfium2


def draw(file, page, dpi, out):
    document = pypdfium2.PdfDocument(file)
    document.init_forms()
    try:
        picture = document[int(page) - 1].render(scale=float(dpi) / 72, rev_byteorder=True, force_bitmap_format=pypdfium2.raw.FPDFBitmap_BGRx)
        row = picture.width * 4
        raw = bytes(picture.buffer)
        pixels = b"".join(raw[at : at + row] for at in range(0, picture.height * picture.stride, picture.stride))
        rgb = bytearray(picture.width * picture.height * 3)
        for part in range(3):
            rgb[part::3] = pixels[part::4]
        with open(out, "wb") as file:
            file.write(b"P6\n%d %d\n255\n" % (picture.width, picture.height) + rgb)
    finally:
        document.close()


for line in sys.stdin:
    try:
        draw(*line.rstrip("\n").split("\t"))
        print("done", flush=True)
    except pypdfium2.PdfiumError as problem:
        print("cannot", problem, file=sys.stderr)
        print("cannot", flush=True)
