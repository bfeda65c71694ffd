"""Measures `ganjiang seal clean` beside what OpenCV pipelines reach: `cargo xtask bench photos` runs it.

usage: clean.py GANJIANG SPEED FOLDER RUNS PHOTOS...

Every PHOTO folder holds NAME.jpg, NAME_gt.png (true alpha) and NAME.json (kind, ink). Agreement is the intersection over
union of alpha > 0.5 with truth > half its 90th percentile; fidelity the PSNR (dB) of both marks on white, within the
mark's box and 20 pixels around it. Baselines look only inside that box: their best case. Ours finds the mark alone.
Times are medians over RUNS: ours a whole process, beside it decoding the JPEG with OpenCV. SPEED (crates/seal/examples)
times our own decoding and what comes after it inside one process. Report: FOLDER/photos.md.
"""

import json
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np

MARGIN = 20
# What was promised (measures.md): from pixels to done against decoding, seconds and megabytes of the whole process.
MOST_DECODINGS, MOST_SECONDS, MOST_MB = 4, 2, 256


def linear(value):
    value = np.asarray(value, np.float32)
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def coded(light):
    light = np.clip(light, 0, 1)
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * np.power(light, 1 / 2.4) - 0.055)


def compared(alpha, ink, truth, true_ink):
    half = np.percentile(truth[truth > 0.02], 90) / 2
    mine, real = alpha > 0.5, truth > half
    agreement = (mine & real).sum() / max((mine | real).sum(), 1)
    ys, xs = np.where(truth > 0.02)
    box = np.s_[max(ys.min() - MARGIN, 0) : ys.max() + MARGIN, max(xs.min() - MARGIN, 0) : xs.max() + MARGIN]
    on_white = lambda cover, ink: coded(1 + cover[box][..., None] * (np.asarray(ink, np.float32) - 1))
    error = ((on_white(alpha, ink) - on_white(truth, true_ink)) ** 2).mean()
    return agreement, -10 * np.log10(error + 1e-12)


def flattened(picture):
    """The picture divided by its closed, blurred self."""
    small = cv2.resize(picture, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    closed = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((61, 61), np.uint8))
    light = cv2.resize(cv2.GaussianBlur(closed, (0, 0), 10), picture.shape[1::-1])
    return np.clip(picture.astype(np.float32) / np.maximum(light, 1) * 255, 0, 255).astype(np.uint8)


def hsv(picture, kind):
    if kind == "seal":
        hue, saturation, value = cv2.split(cv2.cvtColor(picture, cv2.COLOR_BGR2HSV))
        return (((hue < 10) | (hue > 165)) & (saturation > 70) & (value > 60)).astype(np.float32)
    return (cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY) < 110).astype(np.float32)


def otsu(picture, kind):
    flat = flattened(picture)
    if kind == "seal":
        channel = cv2.cvtColor(flat, cv2.COLOR_BGR2LAB)[..., 1]
        return (cv2.threshold(channel, 0, 1, cv2.THRESH_OTSU)[1]).astype(np.float32)
    grey = cv2.cvtColor(flat, cv2.COLOR_BGR2GRAY)
    return (cv2.threshold(grey, 0, 1, cv2.THRESH_OTSU | cv2.THRESH_BINARY_INV)[1]).astype(np.float32)


def sauvola(picture, kind):
    grey = picture[..., 1] if kind == "seal" else cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    grey = grey.astype(np.float32)
    mean = cv2.blur(grey, (101, 101))
    deviation = np.sqrt(np.maximum(cv2.blur(grey * grey, (101, 101)) - mean * mean, 0))
    return (grey < mean * (1 + 0.2 * (deviation / 128 - 1))).astype(np.float32)


BASELINES = {"HSV range": hsv, "background ÷, Lab, Otsu": otsu, "Sauvola": sauvola}


def baseline(make, picture, kind, truth):
    ys, xs = np.where(truth > 0.02)
    box = np.s_[max(ys.min() - MARGIN, 0) : ys.max() + MARGIN, max(xs.min() - MARGIN, 0) : xs.max() + MARGIN]
    began = time.perf_counter()
    found = make(picture, kind)
    took = time.perf_counter() - began
    alpha = np.zeros_like(truth)
    alpha[box] = found[box]
    inked = picture[box][alpha[box] > 0.5]
    ink = linear(np.median(inked, axis=0)[::-1] / 255) if len(inked) else (0, 0, 0)
    return alpha, ink, took


def ours(program, photo, kind, folder):
    out, mask = folder / "clean.png", folder / "mask.png"
    for path in (out, mask):
        path.unlink(missing_ok=True)
    command = [program, "seal", "clean", photo, "--kind", kind, "--out", out, "--mask", mask, "--json"]
    began = time.perf_counter()
    ran = subprocess.run(command, capture_output=True)
    took = time.perf_counter() - began
    if ran.returncode:
        return None, ran.stderr.decode(), took
    alpha = cv2.imread(str(mask), cv2.IMREAD_UNCHANGED | cv2.IMREAD_IGNORE_ORIENTATION).astype(np.float32) / 255
    ink = linear(cv2.imread(str(out), cv2.IMREAD_UNCHANGED)[0, 0, 2::-1].astype(np.float32) / 255)
    return alpha, ink, took


def peak_mb(program, photo, folder):
    """The most memory the process held (VmHWM of /proc, asked for all the time)."""
    command = [program, "seal", "clean", photo, "--out", folder / "clean.png"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak = 0
    while process.poll() is None:
        try:
            status = Path(f"/proc/{process.pid}/status").read_text()
        except OSError:
            break
        peak = max([peak, *(int(number) for number in re.findall(r"VmHWM:\s+(\d+)", status))])
        time.sleep(0.001)
    process.wait()
    return peak / 1024


def inside(speed, photo):
    """Milliseconds of decoding and of everything after it, as our program takes them; None when nothing is found."""
    ran = subprocess.run([speed, photo], capture_output=True)
    return None if ran.returncode else json.loads(ran.stdout)


def reached(value, most):
    return "reached" if value <= most else "**missed**"


def limits(speed, program, photo, folder, whole):
    times, peak = inside(speed, photo), peak_mb(program, photo, folder)
    share = times["cleaning"] / times["decoding"] if times else None
    after = "nothing found" if share is None else (
        f"{times['decoding']:.0f} + {times['cleaning']:.0f} ms, {share:.1f} × (≤ {MOST_DECODINGS}: "
        f"{reached(share, MOST_DECODINGS)})")
    return [after, f"{whole:.0f} ms (≤ {MOST_SECONDS} s: {reached(whole / 1000, MOST_SECONDS)})",
            f"{peak:.0f} MB (≤ {MOST_MB}: {reached(peak, MOST_MB)})"]


def row(program, speed, photo, folder, runs):
    facts = json.loads(photo.with_suffix(".json").read_text())
    kind = "seal" if facts["kind"] == "seal" else "signature"
    truth = cv2.imread(str(photo.with_name(photo.stem + "_gt.png")), cv2.IMREAD_UNCHANGED).astype(np.float32) / 255
    decoding, own = [], []
    for _ in range(runs):
        began = time.perf_counter()
        picture = cv2.imread(str(photo))
        decoding.append(time.perf_counter() - began)
        alpha, ink, took = ours(program, photo, kind, folder)
        own.append(took)
    cells = [photo.stem]
    if alpha is None:
        cells.append("nothing: " + ink.strip()[:60])
    else:
        cells.append("**%.3f / %.1f**" % compared(alpha, ink, truth, facts["ink"]))
    for make in BASELINES.values():
        found, colour, took = baseline(make, picture, kind, truth)
        cells.append("%.3f / %.1f (%d ms)" % (*compared(found, colour, truth, facts["ink"]), took * 1000))
    ours_ms, decode_ms = statistics.median(own) * 1000, statistics.median(decoding) * 1000
    cells.append("%d ms" % decode_ms)
    cells += limits(speed, program, photo, folder, ours_ms)
    return "| " + " | ".join(cells) + " |"


def main():
    program, speed, folder, runs = sys.argv[1], sys.argv[2], Path(sys.argv[3]), int(sys.argv[4])
    cv2.setNumThreads(1)
    heads = ["photo", "ours: IoU / PSNR", *BASELINES, "decoding by OpenCV", "ours: decoding + the rest",
             "ours, whole process", "peak memory"]
    lines = ["| " + " | ".join(heads) + " |", "|" + " --- |" * len(heads)]
    for photos in map(Path, sys.argv[5:]):
        for photo in sorted(photos.glob("*.jpg")):
            lines.append(row(program, speed, photo, folder, runs))
            print(lines[-1], flush=True)
    (folder / "photos.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
