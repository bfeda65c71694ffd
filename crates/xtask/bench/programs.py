"""What is run: our program and those that do the same, each as one command line."""

import os
import shutil
import sys
from pathlib import Path

from inputs import BATCH, PASSWORD, WORD

HERE = Path(__file__).parent


class Programs:
    """Command lines over the inputs of one folder."""

    def __init__(self, ganjiang, folder, pyhanko, out):
        self.ganjiang, self.folder, self.pyhanko, self.out = ganjiang, folder, pyhanko, out
        self.inputs = folder / "inputs"
        self.pictures, self.signed = folder / "pictures", folder / "signed"

    def environment(self):
        return {**os.environ, "P12": PASSWORD, "LC_ALL": "C.UTF-8", "NODE_PATH": str(self.folder / "npm/node_modules")}

    # Signing

    def sign(self, name, *places):
        return [self.ganjiang, "sign", self.inputs / f"{name}.pdf", "--out", self.out, "--p12", self.inputs / "key.p12",
                "--password-env", "P12", "--seal", self.inputs / "seal.png", *places]

    def stamp_and_sign(self, name):
        return self.sign(name, "--at", "1:150,230")

    def seam_and_sign(self, name):
        return self.sign(name, "--seam", "group=20")

    def copy_and_hash(self, name):
        return ["sh", "-c", 'cp "$0" "$1" && openssl dgst -sha256 "$1"', self.inputs / f"{name}.pdf", self.out]

    def copy_sync_and_hash(self, name):
        return ["sh", "-c", 'cp "$0" "$1" && sync "$1" && openssl dgst -sha256 "$1"', self.inputs / f"{name}.pdf", self.out]

    def signers(self, name):
        """Others that sign; those marked stamp only draw the seal."""
        source, inputs = self.inputs / f"{name}.pdf", self.inputs
        yield "podofo", ["podofosign", "-in", source, "-out", self.out, "-cert", inputs / "rsa.pem", "-pkey",
                         inputs / "rsa.key", "-annot-position", "1,140,200,40,40"]
        yield "pyHanko", [self.pyhanko, "sign", "addsig", "--field", "1/400,100,500,200/S1", "pkcs12", "--passfile",
                          inputs / "pass.txt", source, self.out, inputs / "key.p12"]
        yield "PyMuPDF, stamp only", self.python(STAMP_PYMUPDF, source, self.out, inputs / "seal.png")
        yield "pdf-lib, stamp only", ["node", HERE / "stamp.cjs", source, self.out, inputs / "seal.png"]
        yield "endesive", self.python(SIGN_ENDESIVE, source, self.out, inputs / "key.p12", PASSWORD, inputs / "seal.png")
        yield "pdfsig", ["pdfsig", "-nssdir", inputs / "nss", "-nick", "rsa", "-add-signature", source, self.out]
        yield "PDFBox", ["java", "-cp", self.java_path(), "PdfBoxSign", source, self.out, inputs / "key.p12", PASSWORD,
                         inputs / "seal.png"]
        yield "@signpdf", ["node", HERE / "sign.cjs", source, self.out, inputs / "rsa.p12", PASSWORD]

    def batch(self):
        """A hundred files, two at a time."""
        shutil.rmtree(self.signed, ignore_errors=True)
        self.signed.mkdir()
        script = ('ls "$1" | xargs -P2 -I@ "$0" sign "$1/@" --out "$2/@" --p12 "$3/key.p12" --password-env P12 '
                  '--seal "$3/seal.png" --plan "$3/plan.json" 2>/dev/null')
        return ["sh", "-c", script, self.ganjiang, self.inputs / "batch", self.signed, self.inputs]

    def batch_is_done(self):
        return len(list(self.signed.glob("*.pdf"))) == BATCH

    def batch_limit(self):
        script = 'for one in "$0"/*; do cp "$one" "$1" && openssl dgst -sha256 "$1"; done'
        return ["sh", "-c", script, self.inputs / "batch", self.out]

    # Verifying

    def verify(self, name, *more):
        return [self.ganjiang, "verify", self.inputs / f"{name}.pdf", *more]

    def verify_with_chain(self, name):
        return self.verify(name, "--trust", self.inputs / "key.pem")

    def hash(self, name):
        return ["openssl", "dgst", "-sha256", self.inputs / f"{name}.pdf"]

    def verifiers(self, name):
        source = self.inputs / f"{name}.pdf"
        yield "pdfsig", ["pdfsig", "-nocert", source]
        yield "pyHanko", [self.pyhanko, "sign", "validate", "--no-revocation-check", "--trust", self.inputs / "key.pem", source]

    # Finding

    def find(self, name):
        return [self.ganjiang, "find", self.inputs / f"{name}.pdf", "--text", WORD]

    def finders(self, name):
        source = self.inputs / f"{name}.pdf"
        yield "PyMuPDF", self.python(FIND_PYMUPDF, source, WORD)
        yield "pdftotext -bbox", ["pdftotext", "-bbox", source, self.folder / "text.html"]
        yield "PDFium", self.python(FIND_PDFIUM, source, WORD)

    # Drawing

    def draw(self, name, dpi, ending="png"):
        return [self.ganjiang, "render", self.inputs / f"{name}.pdf", "--page", "all", "--dpi", str(dpi), "--out",
                self.pictures / f"ours.{ending}"]

    def drawers(self, name, dpi):
        source = self.inputs / f"{name}.pdf"
        yield "MuPDF", ["mutool", "draw", "-q", "-r", str(dpi), "-c", "rgb", "-o", self.pictures / "mupdf-%d.png", source]
        yield "poppler", ["pdftoppm", "-png", "-r", str(dpi), source, self.pictures / "poppler"]
        yield "PDFium", self.python(DRAW_PDFIUM, source, str(dpi), self.pictures)

    def raw_drawers(self, name, dpi):
        """Without packing the pictures."""
        source = self.inputs / f"{name}.pdf"
        yield "MuPDF", ["mutool", "draw", "-q", "-r", str(dpi), "-c", "rgb", "-o", self.pictures / "mupdf-%d.ppm", source]
        yield "poppler", ["pdftoppm", "-r", str(dpi), source, self.pictures / "poppler"]

    # Ways to start them

    def python(self, code, *arguments):
        return [sys.executable, "-c", code, *arguments]

    def java_path(self):
        libraries = ["pdfbox2", "fontbox2", "commons-logging", "bcpkix", "bcprov", "bcutil"]
        return ":".join([str(self.folder / "java"), *(f"/usr/share/java/{name}.jar" for name in libraries)])


STAMP_PYMUPDF = """
import sys, shutil, pymupdf
shutil.copyfile(sys.argv[1], sys.argv[2])
document = pymupdf.open(sys.argv[2])
document[0].insert_image(pymupdf.Rect(400, 640, 513, 753), filename=sys.argv[3])
document.saveIncr()
"""

# endesive's oscrypto does not know two digits in the version of OpenSSL.
SIGN_ENDESIVE = r"""
import re, sys
found = re.search
longer = lambda pattern: pattern.replace(r"\d\.\d\.\d[a-z]*", r"\d\.\d\.\d+[a-z]*") if isinstance(pattern, str) else pattern
re.search = lambda pattern, text, *more: found(longer(pattern), text, *more)
from cryptography.hazmat.primitives.serialization import pkcs12
from endesive.pdf import cms
source, target, store, password, seal = sys.argv[1:]
key, certificate, others = pkcs12.load_key_and_certificates(open(store, "rb").read(), password.encode())
data = open(source, "rb").read()
words = {"sigpage": 0, "sigflags": 3, "contact": "", "location": "", "signingdate": "D:20261122093000+08'00'", "reason": "bench",
         "signature_img": seal, "signaturebox": (400, 100, 513, 213)}
added = cms.sign(data, words, key, certificate, others, "sha256")
with open(target, "wb") as file:
    file.write(data)
    file.write(added)
"""

FIND_PYMUPDF = "import sys,pymupdf; print(sum(len(page.search_for(sys.argv[2])) for page in pymupdf.open(sys.argv[1])))"

FIND_PDFIUM = """
import sys, pypdfium2
hits = 0
for page in pypdfium2.PdfDocument(sys.argv[1]):
    search = page.get_textpage().search(sys.argv[2])
    while search.get_next():
        hits += 1
print(hits)
"""

DRAW_PDFIUM = """
import sys, pypdfium2
for number, page in enumerate(pypdfium2.PdfDocument(sys.argv[1])):
    page.render(scale=int(sys.argv[2]) / 72).to_pil().save(f"{sys.argv[3]}/pdfium-{number}.png", compress_level=1)
"""
