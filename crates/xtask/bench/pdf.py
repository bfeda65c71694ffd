"""Measures `ganjiang` on documents beside the programs that do the same: `cargo xtask bench pdf` runs it.

usage: pdf.py GANJIANG FOLDER RUNS PYHANKO [WORD...]     only rows whose title has one of the words

Every row runs its programs in turn, round by round, as whole processes; what counts is the median over the rounds of our
wall time divided by the other's in the same round. A program that is not installed or fails is told in its row. The
report goes to FOLDER/report.md.
"""

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import inputs
from programs import Programs

SECONDS = 180
# They end with a failure where they know no root or find a repair worth telling; the work is done.
MAY_COMPLAIN = {"pdfsig", "pyhanko"}
# Without a root ours says that it cannot decide; with one it must say that all is well.
UNDECIDED = (1, ["verify"])
ONE_CORE = ["taskset", "-c", "0"]


@dataclass
class Row:
    """One measure: our command, the others, and what we must reach."""

    title: str
    ours: list
    others: list
    # (whom, share): our time divided by theirs must not be larger; None stands for every peer, not the limit.
    wanted: list = field(default_factory=list)
    told: object = None
    before: object = None


def rows(p, disk):
    for name, size, share in [("big", "230 MB", 0.55), ("mid", "23 MB", 0.7), ("one", "1 page", None)]:
        limit = ("copy, then SHA-256 (limit)", p.copy_and_hash(name))
        wanted = [(limit[0], share)] if share else [("podofo", 1.0)]
        wanted += [(None, 1 / 6)] if name == "big" else []
        yield Row(f"stamp and sign, {size}", p.stamp_and_sign(name), [limit, *p.signers(name)], wanted)
    limit = ("copy, then SHA-256 (limit)", ONE_CORE + p.copy_and_hash("big"))
    yield Row("stamp and sign on one core, 230 MB", ONE_CORE + p.stamp_and_sign("big"), [limit], [(limit[0], 0.9)])
    limit = ("copy, then SHA-256 (limit)", p.copy_and_hash("big"))
    yield Row("seam seal over 2,000 pages and sign, 230 MB", p.seam_and_sign("big"), [limit], [(limit[0], 0.7)], grown(p))
    limit = ("copy, sync, then SHA-256 (limit)", disk.copy_sync_and_hash("big"))
    yield Row("stamp and sign onto the disk, 230 MB", disk.stamp_and_sign("big"), [limit])
    for name, count in [("big-signed", "1 signature"), ("big-signed-thrice", "3 signatures")]:
        limit = ("SHA-256 (limit)", p.hash(name))
        peers = list(p.verifiers(name)) if name == "big-signed" else []
        yield Row(f"verify integrity, 230 MB, {count}", p.verify(name), [limit, *peers], [(limit[0], 0.9)])
        yield Row(f"verify with changes and chain, 230 MB, {count}", p.verify_with_chain(name), [limit], [(limit[0], 1.3)])
    for name, kind in [("text", "embedded font"), ("text-named", "font only named")]:
        peers = list(p.finders(name))
        yield Row(f"find a word on 2,000 pages, {kind}", p.find(name), peers, [("PyMuPDF", 0.15)], hits(p, name, peers))
    for name, kind in [("pages-embedded", "text"), ("pages-named", "text, font only named"), ("pages-scans", "scans")]:
        for dpi in [96, 200]:
            yield Row(f"20 pages as PNG, {kind}, {dpi} dpi", p.draw(name, dpi), list(p.drawers(name, dpi)), [("MuPDF", 1.0)])
            yield Row(f"20 pages as plain pixels, {kind}, {dpi} dpi", p.draw(name, dpi, "ppm"), list(p.raw_drawers(name, dpi)),
                      [("MuPDF", 1.0)])
    limit = ("copy, then SHA-256, 100 times (limit)", p.batch_limit())
    yield Row("100 files of 1 MB with one plan", p.batch(), [limit], [], documents_a_minute(p), p.batch)


def grown(p):
    """Bytes that a seam adds to each page."""
    def told(_seconds):
        subprocess.run(words(p.seam_and_sign("big")), env=p.environment(), check=True, stderr=subprocess.DEVNULL)
        added = p.out.stat().st_size - (p.inputs / "big.pdf").stat().st_size
        return f"{added / 2000:.0f} bytes more a page; ≤ 1000 wanted: {reached(added <= 2_000_000)}"
    return told


def hits(p, name, peers):
    """How many times each finds the word."""
    def told(_seconds):
        ours = subprocess.run(words(p.find(name)), env=p.environment(), capture_output=True, text=True).stdout
        counts = [f"ours {ours.splitlines()[-1]}"]
        for who, command in peers:
            answer = subprocess.run(words(command), capture_output=True, text=True)
            number = answer.stdout.strip()
            counts += [f"{who} {number}"] if number.isdigit() else []
        return "hits: " + ", ".join(counts)
    return told


def documents_a_minute(p):
    def told(seconds):
        pace = inputs.BATCH / seconds * 60
        return f"{pace:.0f} documents a minute; ≥ 1500 wanted: {reached(pace >= 1500 and p.batch_is_done())}"
    return told


def reached(yes):
    return "reached" if yes else "NOT reached"


def words(command):
    return [str(word) for word in command]


def once(p, command):
    """Wall seconds, or why there are none; a program that hangs is ended."""
    for word in command:
        if isinstance(word, Path) and word.name == "out.pdf":
            word.unlink(missing_ok=True)
    start = time.monotonic()
    try:
        process = subprocess.Popen(words(command), env=p.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE)
    except OSError as error:
        return None, f"not installed ({error.strerror})"
    stop = threading.Timer(SECONDS, process.kill)
    stop.start()
    said = process.stderr.read().decode(errors="replace").strip().splitlines()
    status = process.wait()
    stop.cancel()
    if status and Path(command[0]).name not in MAY_COMPLAIN and (status, words(command)[1:2]) != UNDECIDED:
        return None, f"exit {status}: {(said[-1] if said else '')[:90]}"
    return time.monotonic() - start, None


def measured(p, row, runs):
    programs = [("ours", row.ours), *row.others]
    times, told = {who: [] for who, _ in programs}, {}
    for turn in range(runs + 1):
        for who, command in programs:
            if who in told:
                continue
            if who == "ours" and row.before:
                row.before()
            seconds, problem = once(p, command)
            if problem:
                told[who] = problem
            elif turn:  # the first round warms the caches
                times[who].append(seconds)
    return times, told


def report(p, row, runs, lines):
    times, told = measured(p, row, runs)
    mine = times["ours"]
    for who, _ in [("ours", None), *row.others]:
        if who in told:
            lines.append(f"| {row.title} | {who} | – | – | {told[who]} |")
        else:
            ratio = statistics.median(a / b for a, b in zip(mine, times[who])) if mine else float("nan")
            note = row.told(statistics.median(mine)) if who == "ours" and row.told else verdict(row, who, ratio)
            lines.append(f"| {row.title} | {who} | {statistics.median(times[who]) * 1000:.0f} | {ratio:.2f} | {note} |")
        print(lines[-1], flush=True)


def verdict(row, who, ratio):
    for whom, share in row.wanted:
        if whom == who or (whom is None and who != "ours" and "limit" not in who):
            return f"≤ {share:.2g} × wanted: {reached(ratio <= share)}"
    return ""


def anonymous_megabytes(p, command):
    """Peak of our anonymous memory (RssAnon of /proc, asked for all the time)."""
    process = subprocess.Popen(words(command), env=p.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak = 0
    while process.poll() is None:
        try:
            status = Path(f"/proc/{process.pid}/status").read_text()
        except OSError:
            break
        peak = max([peak, *(int(number) for number in re.findall(r"RssAnon:\s+(\d+)", status))])
    return peak / 1024


def memory(p, lines):
    for title, command in [("stamp and sign, 230 MB", p.stamp_and_sign("big")), ("seam over 2,000 pages", p.seam_and_sign("big")),
                           ("stamp and sign, 3 GB", p.stamp_and_sign("huge")), ("verify, 230 MB", p.verify_with_chain("big-signed"))]:
        peak = anonymous_megabytes(p, command)
        lines.append(f"| anonymous memory: {title} | ours | – | – | {peak:.0f} MB; ≤ 48 MB wanted: {reached(peak <= 48)} |")
        print(lines[-1], flush=True)


def main():
    ganjiang, folder, runs, pyhanko, *only = sys.argv[1:]
    folder = Path(folder)
    with tempfile.TemporaryDirectory(prefix="ganjiang-bench-", dir=in_memory()) as results:
        measure(Programs(ganjiang, folder, pyhanko, Path(results) / "out.pdf"), Programs(ganjiang, folder, pyhanko, folder / "out.pdf"),
                runs, only)


def in_memory():
    """A folder whose files are never on a disk, so that programs that sync are not compared with programs that do not."""
    folder = "/dev/shm"
    return folder if os.path.isdir(folder) and shutil.disk_usage(folder).free > 8 << 30 else None


def measure(p, disk, runs, only):
    inputs.prepare(p.inputs, p.ganjiang)
    p.pictures.mkdir(exist_ok=True)
    lines = ["# Documents", "", "Results are written to memory, where syncing costs nothing; rows that say so write to the disk.",
             "Ours is always synced and read back before it gets its name; what the others write is not.", "",
             f"Median of {runs} interleaved runs of whole processes; load at the start {os.getloadavg()[0]:.1f}, "
             f"{os.cpu_count()} processors. «ratio» is our time divided by the row's.", "",
             "| measure | program | ms | ratio | |", "|---|---|---|---|---|"]
    wanted = lambda title: not only or any(word in title for word in only)
    for row in rows(p, disk):
        if wanted(row.title):
            report(p, row, int(runs), lines)
    if wanted("anonymous memory"):
        memory(p, lines)
    lines += ["", f"Load at the end {os.getloadavg()[0]:.1f}."]
    for gone in [p.pictures, p.signed]:
        shutil.rmtree(gone, ignore_errors=True)
    disk.out.unlink(missing_ok=True)
    (p.folder / "report.md").write_text("\n".join(lines) + "\n")
    print(p.folder / "report.md")


if __name__ == "__main__":
    main()
