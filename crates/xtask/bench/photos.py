"""Photos of seals and signatures on paper, as a phone would take them, with the true mask of each.

    photos.py GANJIANG OUT [NAME...]

Artwork comes from our own program and from pen strokes drawn here; paper, print, light, perspective, blur, noise and
compression from the recipes below. Not the recipes of the shared corpus: other paper, colours, lamps and lenses.
"""

import json
import os
import subprocess
import sys

import cv2
import numpy as np

WIDTH, HEIGHT = 4000, 3000
PIXELS_PER_MM = 22.0


def srgb(light):
    light = np.clip(light, 0, 1)
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * np.power(light, 1 / 2.4) - 0.055)


def grain(rng, cell, amount, height=HEIGHT, width=WIDTH):
    coarse = rng.standard_normal((height // cell + 3, width // cell + 3)).astype(np.float32)
    return cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC) * amount


def drawn_seal(program, folder, name, arguments):
    path = os.path.join(folder, f"art-{name}.png")
    if not os.path.exists(path):
        subprocess.run([program, "seal", *arguments, "--out", path, "--dpi", "1200"], check=True)
    return cv2.imread(path, cv2.IMREAD_UNCHANGED)[..., 3].astype(np.float32) / 255


def pen_strokes(seed, thin):
    """A scribble with the rhythm of a signature: joined curves whose width follows their speed."""
    rng = np.random.default_rng(seed)
    art = np.zeros((700, 1700), np.float32)
    x = 120.0
    for _ in range(rng.integers(3, 5)):
        for _ in range(rng.integers(3, 6)):
            ends = rng.uniform((x - 60, 120), (x + 330, 580), (4, 2))
            t = np.linspace(0, 1, 400)[:, None]
            a, b, c, d = ends
            line = (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * c + t**3 * d
            speed = np.linalg.norm(np.diff(line, axis=0, prepend=line[:1]), axis=1)
            pen = (10 if thin else 24) / (0.7 + speed / max(speed.mean(), 1e-3) * 0.5)
            pen *= np.clip(np.minimum(t[:, 0], 1 - t[:, 0]) * 9, 0.25, 1)
            for (px, py), radius in zip(line, pen):
                cv2.circle(art, (int(px * 8), int(py * 8)), max(int(radius * 4), 8), 1.0, -1, cv2.LINE_AA, 3)
        x += 360
    return cv2.GaussianBlur(art, (0, 0), 1.0)


def worn(art, rng, amount):
    """Uneven pressure and drop-outs, as ink on paper has them."""
    height, width = art.shape
    pressure = 1 - amount * np.clip(grain(rng, 90, 0.5, height, width) + 0.3, 0, 1)
    holes = np.clip((grain(rng, 4, 1.0, height, width) - 2.6 + amount) * 2, 0, 1)
    return np.clip(art * pressure * (1 - holes), 0, 1)


def printed_text(size_mm, font="/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"):
    from PIL import Image, ImageDraw, ImageFont

    words = "投标人应当按照招标文件的要求编制投标文件并对招标文件提出的实质性要求和条件作出响应工期质量安全文明施工"
    face = ImageFont.truetype(font, int(size_mm * PIXELS_PER_MM), index=2)
    page = Image.new("L", (WIDTH, HEIGHT), 0)
    pen = ImageDraw.Draw(page)
    step, row = int(size_mm * PIXELS_PER_MM), 0
    for y in range(90, HEIGHT - 90, int(step * 2.1)):
        line = "".join(words[(row * 7 + place) % len(words)] for place in range((WIDTH - 260) // step))
        pen.text((130, y), line, fill=255, font=face)
        row += 1
    return np.asarray(page).astype(np.float32) / 255


def sheet(scene, rng):
    paper = np.ones((HEIGHT, WIDTH, 3), np.float32) * np.array(scene["paper"], np.float32)
    amount = scene.get("grain", 0.012)
    paper *= (1 + grain(rng, 3, amount) + grain(rng, 11, amount) + grain(rng, 170, 0.012))[..., None]
    for every, thick, colour, upright in scene.get("rules", []):
        for place in range(150, WIDTH if upright else HEIGHT, int(every * PIXELS_PER_MM)):
            if upright:
                paper[:, place : place + thick] *= np.array(colour, np.float32)
            else:
                paper[place : place + thick] *= np.array(colour, np.float32)
    if "text_mm" in scene:
        paper *= (1 - printed_text(scene["text_mm"]) * 0.93)[..., None]
    return paper


def desk_around(picture, alpha, scene, rng):
    """Paper that covers only the middle of the frame."""
    left, top, right, bottom = scene["desk"]
    inside = np.zeros((HEIGHT, WIDTH), np.float32)
    cv2.rectangle(inside, (int(left * WIDTH), int(top * HEIGHT)), (int(right * WIDTH), int(bottom * HEIGHT)), 1.0, -1)
    wood = np.array(scene.get("wood", (0.10, 0.06, 0.035)), np.float32)
    desk = wood * (1 + grain(rng, 60, 0.15) + grain(rng, 5, 0.06))[..., None]
    return picture * inside[..., None] + desk * (1 - inside[..., None]), alpha * inside


def photo(folder, name, scene, art):
    rng = np.random.default_rng(scene["seed"])
    art = worn(art, rng, scene.get("wear", 0.15))
    width = int(scene.get("size_mm", 40) * PIXELS_PER_MM * scene.get("zoom", 1))
    art = cv2.resize(art, (width, int(width * art.shape[0] / art.shape[1])), interpolation=cv2.INTER_AREA)
    alpha = np.zeros((HEIGHT, WIDTH), np.float32)
    x = int(WIDTH * scene.get("at", (0.5, 0.5))[0] - art.shape[1] / 2)
    y = int(HEIGHT * scene.get("at", (0.5, 0.5))[1] - art.shape[0] / 2)
    alpha[y : y + art.shape[0], x : x + art.shape[1]] = art * scene.get("strength", 1.0)
    paper = sheet(scene, rng)
    base = np.array(scene["paper"], np.float32)
    ink = np.array(scene["ink"], np.float32)
    cover = alpha[..., None]
    picture = paper * (1 - cover) + cover * ink * (0.2 + 0.8 * paper / base)
    if "crossed" in scene:
        pen = cv2.resize(pen_strokes(scene["seed"] + 50, False), (1500, 620))
        over = np.zeros_like(alpha)
        cy, cx = y + art.shape[0] // 2 - 200, x + art.shape[1] // 2 - 500
        over[cy : cy + 620, cx : cx + 1500] = pen
        over = over[..., None] * 0.95
        picture = picture * (1 - over) + over * np.array(scene["crossed"], np.float32)
    if "desk" in scene:
        picture, alpha = desk_around(picture, alpha, scene, rng)
    turn = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), -scene.get("turn", 0), 1)
    tilt = scene.get("tilt", 0.03)
    corners = np.float32([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]])
    moved = corners + rng.uniform(-tilt, tilt, (4, 2)).astype(np.float32) * (WIDTH, HEIGHT)
    view = cv2.getPerspectiveTransform(corners, moved.astype(np.float32)) @ np.vstack([turn, [0, 0, 1]])
    picture = cv2.warpPerspective(picture, view, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REPLICATE)
    alpha = cv2.warpPerspective(alpha, view, (WIDTH, HEIGHT))
    picture = lit(picture, scene, rng)
    quality = [cv2.IMWRITE_JPEG_QUALITY, scene.get("quality", 86)]
    cv2.imwrite(os.path.join(folder, f"{name}.jpg"), (srgb(picture)[..., ::-1] * 255 + 0.5).astype(np.uint8), quality)
    cv2.imwrite(os.path.join(folder, f"{name}_gt.png"), (alpha * 255 + 0.5).astype(np.uint8))
    facts = {"kind": scene["kind"], "turn": scene.get("turn", 0), "ink": list(scene["ink"])}
    with open(os.path.join(folder, f"{name}.json"), "w", encoding="utf-8") as file:
        json.dump(facts, file)


def lit(picture, scene, rng):
    down, across = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    u, v = across / WIDTH - 0.5, down / HEIGHT - 0.5
    angle = rng.uniform(0, 6.28)
    light = 1 - scene.get("slope", 0.3) * (u * np.cos(angle) + v * np.sin(angle) + 0.5) - 0.3 * (u * u + v * v)
    if "shadow" in scene:
        edge = (u * 0.7 + v * 0.7) * WIDTH + grain(rng, 500, 150)
        light *= 1 - scene["shadow"] / (1 + np.exp(-edge / scene.get("edge", 60)))
    if "finger" in scene:
        near = np.abs(u * 0.9 - v * 0.5 + 0.06) * WIDTH - 170
        light *= 1 - scene["finger"] / (1 + np.exp(near / 40))
    colour = np.array(scene.get("lamp", (1, 1, 1)), np.float32)
    mixed = np.array(scene.get("window", scene.get("lamp", (1, 1, 1))), np.float32)
    share = np.clip(u + 0.5, 0, 1)[..., None]
    picture = picture * light[..., None] * (colour * (1 - share) + mixed * share) * scene.get("exposure", 0.8)
    picture = cv2.GaussianBlur(picture, (0, 0), scene.get("blur", 1.0))
    if scene.get("sharpened"):
        picture = picture + 0.6 * (picture - cv2.GaussianBlur(picture, (0, 0), 2.0))
    noise = rng.standard_normal(picture.shape).astype(np.float32)
    return picture + noise * scene.get("noise", 0.012) * np.sqrt(np.maximum(picture, 1e-4))


COMPANY = ["company", "--name", "江苏长虹建设工程有限责任公司"]
SQUARE = ["name", "--text", "欧阳明", "--suffix", "none", "--style", "zhu", "--font", "kai"]
VERMILION, CRIMSON, PURPLE = (0.66, 0.07, 0.03), (0.45, 0.02, 0.05), (0.30, 0.03, 0.12)
SCENES = {
    "a1_vermilion": dict(seed=21, art=COMPANY, ink=VERMILION, paper=(0.88, 0.87, 0.83), turn=11, lamp=(1, 0.9, 0.72)),
    "a2_crimson_text": dict(seed=22, art=[*COMPANY, "--purpose", "合同专用章"], ink=CRIMSON, paper=(0.84, 0.84, 0.83), text_mm=3.7, turn=-14, shadow=0.5, tilt=0.05),
    "a3_red_ruled": dict(seed=23, art=COMPANY, ink=(0.55, 0.03, 0.04), paper=(0.86, 0.85, 0.82), rules=[(8, 5, (0.9, 0.55, 0.55), False)], turn=5, tilt=0.05),
    "a4_red_grid": dict(seed=24, art=COMPANY, ink=VERMILION, paper=(0.87, 0.86, 0.84), rules=[(9, 4, (0.93, 0.62, 0.6), False), (9, 4, (0.93, 0.62, 0.6), True)], turn=-6, shadow=0.35),
    "a5_faint": dict(seed=25, art=COMPANY, ink=(0.55, 0.08, 0.09), strength=0.55, paper=(0.83, 0.79, 0.68), turn=8, wear=0.3, exposure=0.6, noise=0.016, lamp=(1, 0.93, 0.8)),
    "a6_dark_desk": dict(seed=26, art=COMPANY, ink=(0.58, 0.03, 0.03), paper=(0.86, 0.86, 0.85), desk=(0.2, 0.18, 0.82, 0.85), turn=-9),
    "a7_crossed": dict(seed=27, art=COMPANY, ink=(0.58, 0.03, 0.03), paper=(0.86, 0.86, 0.85), crossed=(0.025, 0.025, 0.03), turn=3),
    "a8_upside_down": dict(seed=28, art=[*COMPANY, "--purpose", "投标专用章"], ink=(0.58, 0.03, 0.03), paper=(0.86, 0.86, 0.85), turn=171, shadow=0.4),
    "a9_close": dict(seed=29, art=COMPANY, ink=(0.60, 0.05, 0.05), paper=(0.86, 0.86, 0.85), zoom=2.9, blur=1.8, turn=-4),
    "b1_square_zhu": dict(seed=31, art=SQUARE, ink=VERMILION, paper=(0.86, 0.85, 0.82), size_mm=20, turn=17, text_mm=4.0, slope=0.4),
    "b2_blue_seal": dict(seed=32, art=COMPANY, ink=(0.04, 0.08, 0.42), paper=(0.86, 0.86, 0.85), turn=6, shadow=0.4),
    "b3_sharpened_mixed": dict(seed=33, art=[*COMPANY, "--purpose", "财务专用章"], ink=(0.58, 0.03, 0.03), paper=(0.86, 0.86, 0.85), sharpened=True, lamp=(1, 0.85, 0.66), window=(0.85, 0.93, 1.0), turn=-19, quality=78),
    "b4_purple": dict(seed=34, art=COMPANY, ink=PURPLE, paper=(0.86, 0.86, 0.85), turn=2, rules=[(8, 4, (0.68, 0.78, 0.92), False)]),
    "g1_blue": dict(seed=41, pen=False, ink=(0.03, 0.06, 0.26), paper=(0.86, 0.86, 0.84), size_mm=60, shadow=0.5, turn=4),
    "g2_black_red_ruled": dict(seed=42, pen=False, ink=(0.02, 0.02, 0.022), paper=(0.86, 0.85, 0.82), rules=[(8, 5, (0.9, 0.55, 0.55), False)], size_mm=60, turn=-3),
    "g3_thin_finger": dict(seed=43, pen=True, ink=(0.06, 0.06, 0.07), paper=(0.82, 0.78, 0.66), size_mm=55, finger=0.45, exposure=0.6, turn=2),
    "g4_dark_desk": dict(seed=44, pen=False, ink=(0.02, 0.02, 0.022), paper=(0.86, 0.86, 0.85), desk=(0.12, 0.15, 0.88, 0.85), size_mm=55, turn=-8),
    "g5_blue_lined": dict(seed=45, pen=True, ink=(0.03, 0.06, 0.26), paper=(0.85, 0.85, 0.83), rules=[(8, 5, (0.62, 0.75, 0.9), False)], size_mm=60, shadow=0.4, turn=3),
    "g6_over_red": dict(seed=46, pen=False, ink=(0.02, 0.02, 0.022), paper=(0.86, 0.86, 0.85), size_mm=55, turn=1, lamp=(1, 0.93, 0.8)),
}


def main():
    program, folder, *names = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    for name, scene in SCENES.items():
        if names and name not in names or os.path.exists(os.path.join(folder, f"{name}.json")):
            continue
        drawn = "art" in scene
        art = drawn_seal(program, folder, name, scene["art"]) if drawn else pen_strokes(scene["seed"], scene["pen"])
        photo(folder, name, {**scene, "kind": "seal" if drawn else "signature"}, art)


if __name__ == "__main__":
    main()
