"""Measures `ganjiang` on documents beside the programs that do the same: `cargo xtask bench pdf` runs it.

usage: pdf.py GANJIANG FOLDER RUNS PYHANKO

Inputs are made in FOLDER/inputs by this script and nothing else. Every row runs its programs in turn, round by round, as
whole processes; what counts is the median over the rounds of our wall time divided by the other's in the same round. A
program that is not installed or fails is told in its row. The report goes to FOLDER/report.md.
"""

import hashlib
import os
import shutil
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

GANJIANG, FOLDER, RUNS, PYHANKO = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
INPUTS = FOLDER / "inputs"
WORDS = "投标人法定代表人授权委托书施工组织设计工程量清单投标保证金招标文件中标通知书技术标商务标质量安全"
WORD = "投标人盖章"
OUT = FOLDER / "out.pdf"
SECONDS = 120


def noise(page, length):
    """Bytes that nothing can compress, the same on every machine."""
    block = b"".join(hashlib.sha256(b"%d %d" % (page, index)).digest() for index in range(64))
    return (block * (length // len(block) + 1))[:length]


def make(path, pages, side, lines):
    """A4 pages: a grey picture of `side` pixels, when there is one, and `lines` lines of Chinese text."""
    if path.exists():
        return
    offsets, count = {}, 0
    with open(path.with_suffix(".part"), "wb") as file:
        at = file.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

        def put(number, body, stream=None):
            nonlocal at
            offsets[number] = at
            head = b"%d 0 obj\n" % number + body
            if stream is None:
                at += file.write(head + b"\nendobj\n")
            else:
                at += file.write(head[:-2] + b"/Length %d>>\nstream\n" % len(stream) + stream + b"\nendstream\nendobj\n")

        put(1, b"<</Type/Catalog/Pages 2 0 R>>")
        kids = b" ".join(b"%d 0 R" % (6 + 3 * page) for page in range(pages))
        put(2, b"<</Type/Pages/Count %d/Kids[%s]>>" % (pages, kids))
        put(3, b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UTF16-H/DescendantFonts[4 0 R]>>")
        put(4, b"<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)"
               b"/Supplement 4>>/DW 1000/FontDescriptor 5 0 R>>")
        put(5, b"<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]/ItalicAngle 0"
               b"/Ascent 880/Descent -120/CapHeight 880/StemV 93>>")
        for page in range(pages):
            first = 6 + 3 * page
            picture = b"/XObject<</I %d 0 R>>" % (first + 2) if side else b""
            put(first, b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents %d 0 R/Resources<</Font<</F 3 0 R>>%s>>>>"
                % (first + 1, picture))
            content = b"q 495 0 0 400 50 112 cm /I Do Q\n" if side else b""
            content += b"BT /F 11 Tf 17 TL 50 780 Td\n"
            for line in range(lines):
                start = (page * 7 + line * 11) % len(WORDS)
                text = (WORDS * 3)[start:start + 45]
                if line == 0 and page % 10 == 0:
                    text = text[:30] + WORD
                content += b"<%s> Tj T*\n" % text.encode("utf-16-be").hex().encode()
            put(first + 1, b"<<>>", content + b"ET")
            if side:
                body = b"<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray/BitsPerComponent 8>>"
                put(first + 2, body % (side, side), noise(page, side * side))
            else:
                put(first + 2, b"null")
        count = 6 + 3 * pages
        table = b"xref\n0 %d\n0000000000 65535 f \n" % count
        table += b"".join(b"%010d 00000 n \n" % offsets[number] for number in range(1, count))
        file.write(table + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (count, at))
    path.with_suffix(".part").rename(path)


def prepare():
    INPUTS.mkdir(parents=True, exist_ok=True)
    make(INPUTS / "one.pdf", 1, 0, 30)
    make(INPUTS / "mid.pdf", 200, 338, 15)
    make(INPUTS / "big.pdf", 2000, 338, 15)
    make(INPUTS / "text.pdf", 2000, 0, 42)
    make(INPUTS / "pages.pdf", 20, 0, 42)
    quiet = {"check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": INPUTS}
    if not (INPUTS / "key.p12").exists():
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
                        "3650", "-subj", "/CN=bench", "-addext", "keyUsage=critical,digitalSignature,nonRepudiation",
                        "-keyout", "key.pem", "-out", "root.pem"], **quiet)
        subprocess.run(["openssl", "pkcs12", "-export", "-inkey", "key.pem", "-in", "root.pem", "-out", "key.p12",
                        "-passout", "pass:bench"], **quiet)
        (INPUTS / "pass.txt").write_text("bench")
        subprocess.run([GANJIANG, "seal", "company", "--name", "杭州云栖智能科技有限公司", "--dpi", "300", "--out", "seal.png"], **quiet)
    for name in ["big", "mid"]:
        if not (INPUTS / f"{name}-signed.pdf").exists():
            subprocess.run(ours(name, "--at", "1:150,230", out=INPUTS / f"{name}-signed.pdf"), env=environment(), check=True)


def environment():
    return {**os.environ, "P12": "bench", "LC_ALL": "C.UTF-8"}


def ours(name, *places, out=OUT):
    return [GANJIANG, "sign", INPUTS / f"{name}.pdf", "--out", out, "--p12", INPUTS / "key.p12", "--password-env", "P12",
            "--seal", INPUTS / "seal.png", *places]


def python(code, *arguments):
    return [sys.executable, "-c", code, *arguments]


def copy_and_hash(name):
    return ["sh", "-c", f'cp "$0" "$1" && openssl dgst -sha256 "$1"', INPUTS / f"{name}.pdf", OUT]


def pyhanko_sign(name):
    return [PYHANKO, "sign", "addsig", "--field", "1/400,100,500,200/S1", "pkcs12", "--passfile", INPUTS / "pass.txt",
            INPUTS / f"{name}.pdf", OUT, INPUTS / "key.p12"]


def pymupdf_stamp(name):
    code = ("import sys,shutil,pymupdf; shutil.copyfile(sys.argv[1],sys.argv[2]); d=pymupdf.open(sys.argv[2]); "
            "d[0].insert_image(pymupdf.Rect(400,640,513,753),filename=sys.argv[3]); d.saveIncr()")
    return python(code, INPUTS / f"{name}.pdf", OUT, INPUTS / "seal.png")


def podofo_sign(name):
    return ["podofosign", "-in", INPUTS / f"{name}.pdf", "-out", OUT, "-cert", INPUTS / "root.pem", "-pkey", INPUTS / "key.pem",
            "-annot-position", "1,140,200,40,40"]


FIND_PYMUPDF = "import sys,pymupdf; print(sum(len(p.search_for(sys.argv[2])) for p in pymupdf.open(sys.argv[1])))"
FIND_PDFIUM = ("import sys,pypdfium2 as p\nn=0\nfor g in p.PdfDocument(sys.argv[1]):\n"
               " t=g.get_textpage(); s=t.search(sys.argv[2])\n while s.get_next(): n+=1\nprint(n)")
DRAW_PDFIUM = ("import sys,pypdfium2 as p\nfor i,g in enumerate(p.PdfDocument(sys.argv[1])):\n"
               " g.render(scale=int(sys.argv[2])/72).to_pil().save('%s/p%d.png'%(sys.argv[3],i),compress_level=1)")


def draw_rows(dpi):
    pictures = FOLDER / "pictures"
    pictures.mkdir(exist_ok=True)
    file = INPUTS / "pages.pdf"
    return [("ours", [GANJIANG, "render", file, "--page", "all", "--dpi", str(dpi), "--out", pictures / "ours.png"]),
            ("MuPDF", ["mutool", "draw", "-q", "-r", str(dpi), "-o", pictures / "mupdf-%d.png", file]),
            ("poppler", ["pdftoppm", "-png", "-r", str(dpi), file, pictures / "poppler"]),
            ("PDFium", python(DRAW_PDFIUM, file, str(dpi), pictures))]


def rows():
    """Title, programs with ours first, the one that is the limit, and the ratio to reach."""
    signing = [("limit: copy, SHA-256", copy_and_hash), ("podofo", podofo_sign), ("PyMuPDF, stamp only", pymupdf_stamp),
               ("pyHanko", pyhanko_sign)]
    for name, title, share in [("big", "230 MB", 0.55), ("mid", "23 MB", 0.7), ("one", "1 page", None)]:
        others = [(who, command(name)) for who, command in signing]
        limit = "limit: copy, SHA-256" if share else "podofo"
        yield f"visible stamp and P-256 signature, {title}", [("ours", ours(name, "--at", "1:150,230")), *others], limit, share or 1.0
    others = [("limit: copy, SHA-256", copy_and_hash("big"))]
    yield "seam seal over 2,000 pages and signature, 230 MB", [("ours", ours("big", "--seam", "group=20")), *others], others[0][0], 0.7
    signed = INPUTS / "big-signed.pdf"
    verify = [("ours", [GANJIANG, "verify", signed, "--trust", INPUTS / "root.pem"]),
              ("limit: SHA-256", ["openssl", "dgst", "-sha256", signed]), ("pdfsig", ["pdfsig", "-nocert", signed]),
              ("pyHanko", [PYHANKO, "sign", "validate", "--no-revocation-check", "--trust", INPUTS / "root.pem", signed])]
    yield "verify with changes and chain, 230 MB", verify, "limit: SHA-256", 1.3
    text = INPUTS / "text.pdf"
    find = [("ours", [GANJIANG, "find", text, "--text", WORD]), ("PyMuPDF", python(FIND_PYMUPDF, text, WORD)),
            ("pdftotext -bbox", ["pdftotext", "-bbox", text, FOLDER / "text.html"]), ("PDFium", python(FIND_PDFIUM, text, WORD))]
    yield "find a Chinese word on 2,000 pages", find, "PyMuPDF", 0.15
    for dpi in [96, 200]:
        yield f"20 page pictures, {dpi} dpi", draw_rows(dpi), "MuPDF", 1.0


def once(command):
    """Wall seconds and the exit status; a program that hangs is ended."""
    OUT.unlink(missing_ok=True)
    start = time.monotonic()
    try:
        process = subprocess.Popen([str(word) for word in command], env=environment(), stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    except OSError as error:
        return None, f"not installed ({error.strerror})"
    stop = threading.Timer(SECONDS, process.kill)
    stop.start()
    words = process.stderr.read().decode(errors="replace").strip().splitlines()
    status = process.wait()
    stop.cancel()
    # pdfsig and pyHanko end with a failure where they know no root; they have done the work.
    if status and not (Path(str(command[0])).name in ("pdfsig", "pyhanko") and "sign" not in command[1:2]):
        return None, f"exit {status}: {words[-1] if words else ''}"
    return time.monotonic() - start, None


def anonymous_megabytes():
    """Peak of our anonymous memory while the largest file is signed (RssAnon of /proc, asked for all the time)."""
    process = subprocess.Popen([str(word) for word in ours("big", "--at", "1:150,230")], env=environment())
    peak = 0
    while process.poll() is None:
        try:
            lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
        except OSError:
            break
        peak = max([peak, *(int(line.split()[1]) for line in lines if line.startswith("RssAnon"))])
    return peak / 1024


def measured(programs):
    times, told = {who: [] for who, _ in programs}, {}
    for turn in range(RUNS + 1):
        for who, command in programs:
            if who in told:
                continue
            seconds, problem = once(command)
            if problem:
                told[who] = problem
            elif turn:  # the first round warms the caches
                times[who].append(seconds)
    return times, told


def report(lines, title, programs, limit, share):
    times, told = measured(programs)
    mine = times["ours"]
    for who, _ in programs:
        if who in told:
            lines.append(f"| {title} | {who} | – | – | {told[who]} |")
            continue
        ratio = statistics.median(a / b for a, b in zip(mine, times[who])) if mine else float("nan")
        verdict = ""
        if who == limit:
            verdict = f"≤ {share:g} × wanted: {'reached' if ratio <= share else 'NOT reached'}"
        lines.append(f"| {title} | {who} | {statistics.median(times[who]) * 1000:.0f} | {ratio:.2f} | {verdict} |")
        print(lines[-1], flush=True)


def main():
    prepare()
    lines = ["# Documents", "", "Ours is synced to the disk and read back before it gets its name; the limit's copy is not.", "",
             f"Median of {RUNS} interleaved runs of whole processes; load at the start {os.getloadavg()[0]:.1f}, "
             f"{os.cpu_count()} processors. «ratio» is our time divided by the row's.", "",
             "| measure | program | ms | ratio | |", "|---|---|---|---|---|"]
    for row in rows():
        report(lines, *row)
    lines.append(f"| anonymous memory, 230 MB | ours | – | – | {anonymous_megabytes():.0f} MB; ≤ 48 MB wanted |")
    lines += ["", f"Load at the end {os.getloadavg()[0]:.1f}."]
    shutil.rmtree(FOLDER / "pictures", ignore_errors=True)
    OUT.unlink(missing_ok=True)
    (FOLDER / "report.md").write_text("\n".join(lines) + "\n")
    print(FOLDER / "report.md")


main()
