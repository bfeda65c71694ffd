"""The files that are measured, all made here: the same bytes on every machine with the same versions of Pillow and PyMuPDF."""

import hashlib
import io
import json
import os
import subprocess
from pathlib import Path

import pymupdf
from PIL import Image

WORDS = "投标人法定代表人授权委托书施工组织设计工程量清单投标保证金招标文件中标通知书技术标商务标质量安全"
WORD = "投标人盖章"
PASSWORD = "bench"
# A scan of A4 at 150 dpi; with these numbers a JPEG has about 115 kB.
SCAN, GRAIN, QUALITY = (1240, 1754), 30, 50
BATCH = 100


def scan(page):
    """A picture that nothing else compresses and that looks like paper from afar."""
    width, height = SCAN[0] // GRAIN + 1, SCAN[1] // GRAIN + 1
    noise = b"".join(hashlib.sha256(b"%d %d" % (page, index)).digest() for index in range(width * height // 32 + 1))
    picture = Image.frombytes("L", (width, height), noise[:width * height]).resize(SCAN, Image.BICUBIC)
    packed = io.BytesIO()
    picture.save(packed, "JPEG", quality=QUALITY)
    return packed.getvalue()


def lines_of(page, count):
    """Lines of Chinese; the word that is looked for ends the first line of every tenth page."""
    for line in range(count):
        start = (page * 7 + line * 11) % len(WORDS)
        text = (WORDS * 3)[start:start + 45]
        yield text[:30] + WORD if line == 0 and page % 10 == 0 else text


class Writer:
    """A PDF with a cross-reference table, object by object."""

    def __init__(self, file):
        self.file, self.offsets = file, {}
        self.at = file.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

    def put(self, number, body, stream=None):
        self.offsets[number] = self.at
        if stream is not None:
            body = body[:-2] + b"/Length %d>>\nstream\n" % len(stream) + stream + b"\nendstream"
        self.at += self.file.write(b"%d 0 obj\n" % number + body + b"\nendobj\n")

    def finish(self):
        size = max(self.offsets) + 1
        table = b"xref\n0 %d\n0000000000 65535 f \n" % size
        table += b"".join(b"%010d 00000 n \n" % self.offsets[number] for number in range(1, size))
        self.file.write(table + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, self.at))


class Droid:
    """The font that PyMuPDF brings, embedded: two bytes a glyph, as office programs write it."""

    def __init__(self):
        self.font = pymupdf.Font("cjk")
        self.used = sorted(set(WORDS + WORD))

    def encode(self, text):
        return b"".join(b"%04x" % self.font.has_glyph(ord(letter)) for letter in text)

    def put(self, writer):
        pairs = b"".join(b"<%s> <%04x>\n" % (self.encode(letter), ord(letter)) for letter in self.used)
        mapping = (b"/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CMapName /B def\n/CMapType 2 def\n"
                   b"1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n%d beginbfchar\n%sendbfchar\nendcmap\n"
                   b"CMapName currentdict /CMap defineresource pop\nend\nend" % (len(self.used), pairs))
        writer.put(3, b"<</Type/Font/Subtype/Type0/BaseFont/Droid/Encoding/Identity-H/DescendantFonts[4 0 R]/ToUnicode 6 0 R>>")
        writer.put(4, b"<</Type/Font/Subtype/CIDFontType2/BaseFont/Droid/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)"
                      b"/Supplement 0>>/DW 1000/CIDToGIDMap/Identity/FontDescriptor 5 0 R>>")
        writer.put(5, b"<</Type/FontDescriptor/FontName/Droid/Flags 4/FontBBox[-25 -254 1000 880]/ItalicAngle 0/Ascent 880"
                      b"/Descent -120/CapHeight 880/StemV 93/FontFile2 7 0 R>>")
        writer.put(6, b"<<>>", mapping)
        writer.put(7, b"<<>>", self.font.buffer)


class Song:
    """A font that is only named, as many programs of the region do."""

    def encode(self, text):
        return text.encode("utf-16-be").hex().encode()

    def put(self, writer):
        writer.put(3, b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UTF16-H/DescendantFonts[4 0 R]>>")
        writer.put(4, b"<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)"
                      b"/Supplement 4>>/DW 1000/FontDescriptor 5 0 R>>")
        writer.put(5, b"<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]/ItalicAngle 0"
                      b"/Ascent 880/Descent -120/CapHeight 880/StemV 93>>")
        writer.put(6, b"null")
        writer.put(7, b"null")


def make(path, pages, font, lines, scans=False, first_scan=0):
    """A4 pages of text, below it a scan of their own where wanted."""
    if path.exists():
        return
    part = path.with_suffix(".part")
    with open(part, "wb") as file:
        writer = Writer(file)
        writer.put(1, b"<</Type/Catalog/Pages 2 0 R>>")
        kids = b" ".join(b"%d 0 R" % (8 + 3 * page) for page in range(pages))
        writer.put(2, b"<</Type/Pages/Count %d/Kids[%s]>>" % (pages, kids))
        font.put(writer)
        for page in range(pages):
            number = 8 + 3 * page
            picture = b"/XObject<</I %d 0 R>>" % (number + 2) if scans else b""
            writer.put(number, b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents %d 0 R/Resources<</Font<</F 3 0 R>>%s>>>>"
                       % (number + 1, picture))
            content = b"q 495 0 0 400 50 112 cm /I Do Q\n" if scans else b""
            content += b"BT /F 11 Tf 17 TL 50 780 Td\n"
            content += b"".join(b"<%s> Tj T*\n" % font.encode(line) for line in lines_of(page, lines)) + b"ET"
            writer.put(number + 1, b"<<>>", content)
            if scans:
                writer.put(number + 2, b"<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray"
                           b"/BitsPerComponent 8/Filter/DCTDecode>>" % SCAN, scan(first_scan + page))
            else:
                writer.put(number + 2, b"null")
        writer.finish()
    part.rename(path)


def make_huge(path, source, gap):
    """The source and, after `gap` bytes of nothing that take no room on the disk, a second save."""
    if path.exists():
        return
    bytes_ = source.read_bytes()
    previous = int(bytes_.rsplit(b"startxref\n", 1)[1].split()[0])
    at = len(bytes_) + gap
    body = b"1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
    tail = body + b"xref\n1 1\n%010d 00000 n \ntrailer\n<</Size 11/Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (
        at, previous, at + len(body))
    part = path.with_suffix(".part")
    with open(part, "wb") as file:
        file.write(bytes_)
        file.seek(at)
        file.write(tail)
    part.rename(path)


def make_keys(folder):
    """A P-256 and an RSA key with certificates of their own, as files of every kind that somebody wants."""
    quiet = {"check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
    kinds = {"key": ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"], "rsa": ["rsa:2048"]}
    for name, kind in kinds.items():
        if (folder / f"{name}.p12").exists():
            continue
        subprocess.run(["openssl", "req", "-x509", "-newkey", *kind, "-nodes", "-days", "3650", "-subj", f"/CN=bench {name}",
                        "-addext", "keyUsage=critical,digitalSignature,nonRepudiation", "-keyout", f"{name}.key", "-out",
                        f"{name}.pem"], **quiet)
        subprocess.run(["openssl", "pkcs12", "-export", "-inkey", f"{name}.key", "-in", f"{name}.pem", "-name", name, "-out",
                        f"{name}.p12", "-passout", f"pass:{PASSWORD}"], **quiet)
    (folder / "pass.txt").write_text(PASSWORD)
    store = folder / "nss"
    if not store.exists():
        try:
            subprocess.run(["mkdir", "-p", "nss"], **quiet)
            subprocess.run(["certutil", "-N", "-d", "nss", "--empty-password"], **quiet)
            subprocess.run(["pk12util", "-i", "rsa.p12", "-W", PASSWORD, "-d", "nss"], **quiet)
        except OSError:
            store.rmdir()


def make_plan(path):
    """What a bid wants: the seal at the word, in the corner of the last page and along the seam, and the date."""
    seal = {"kind": "seal", "seal": "seal"}
    items = [
        {"content": seal, "place": {"kind": "keyword", "word": WORD, "hits": "all", "pages": "all", "anchor": "center",
                                    "dx_mm": 0.0, "dy_mm": 30.0}},
        {"content": seal, "place": {"kind": "corner", "pages": "last", "corner": "bottom_right", "margin_mm": 20.0}},
        {"content": seal, "place": {"kind": "seam", "pages": "all", "side": "right", "pages_per_group": 20, "along_mm": None}},
    ]
    path.write_text(json.dumps({"version": 1, "items": items}, ensure_ascii=False))


def prepare(folder, ganjiang):
    """Everything that is not there yet."""
    (folder / "batch").mkdir(parents=True, exist_ok=True)
    droid = Droid()
    make(folder / "one.pdf", 1, Song(), 30)
    make(folder / "mid.pdf", 200, Song(), 15, scans=True)
    make(folder / "big.pdf", 2000, Song(), 15, scans=True)
    make(folder / "text.pdf", 2000, droid, 42)
    make(folder / "text-named.pdf", 2000, Song(), 42)
    make(folder / "pages-embedded.pdf", 20, droid, 42)
    make(folder / "pages-named.pdf", 20, Song(), 42)
    make(folder / "pages-scans.pdf", 20, Song(), 15, scans=True)
    for number in range(BATCH):
        make(folder / "batch" / f"{number:03}.pdf", 9, Song(), 15, scans=True, first_scan=number * 9)
    make_huge(folder / "huge.pdf", folder / "one.pdf", 3 << 30)
    make_keys(folder)
    make_plan(folder / "plan.json")
    subprocess.run([ganjiang, "seal", "company", "--name", "杭州云栖智能科技有限公司", "--dpi", "300", "--out",
                    folder / "seal.png"], check=True, stdout=subprocess.DEVNULL)
    sign = [ganjiang, "sign", "--p12", folder / "key.p12", "--password-env", "P12", "--seal", folder / "seal.png"]
    chain = ["big.pdf", "big-signed.pdf", "big-signed-twice.pdf", "big-signed-thrice.pdf"]
    for source, result in zip(chain, chain[1:]):
        if not (folder / result).exists():
            subprocess.run([*sign, folder / source, "--out", folder / result, "--at", "1:150,230"], check=True,
                           env={**os.environ, "P12": PASSWORD})


if __name__ == "__main__":
    import sys
    prepare(Path(sys.argv[1]), sys.argv[2])
