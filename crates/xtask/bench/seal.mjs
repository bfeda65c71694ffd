// Times a round seal of 40 mm at 600 dpi (945 pixels), layout to PNG, beside the packages from npm that draw seals.
//
// node seal.mjs OURS FOLDER RUNS    every run starts each program once, in turn; the report goes to FOLDER/seal.md
// node seal.mjs --peer NAME         one program: prints the median of its seals in milliseconds as JSON
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const NAME = "杭州云栖智能科技有限公司";
const PURPOSE = "投标专用章";
const CODE = "3301060012345";
const PIXELS = 945;
const ROUNDS = 12;
const LIMIT = 0.15;
const FONT = "/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc";
/** What each peer is asked, and what must be known about its answer. */
const peers = {
  "@pansy/seal": { package: "@pansy/seal", note: "canvas at 945 px" },
  "seal-generator": { package: "seal-generator", note: "asked for 945 px, it draws 166 px in the middle" },
};

if (process.argv[2] === "--peer") peer(process.argv[3]);
else bench(process.argv[2], process.argv[3], Number(process.argv[4]));

/** A page with nothing but canvases: all these packages need of a browser. */
function pretendBrowser(require) {
  const { createCanvas, GlobalFonts } = require("@napi-rs/canvas");
  for (const family of ["serif", "SimSun", "STSong"]) if (existsSync(FONT)) GlobalFonts.registerFromPath(FONT, family);
  globalThis.window = { navigator: {} };
  globalThis.document = {
    createElement: () => Object.assign(createCanvas(300, 300), { style: {} }),
  };
}

function peer(name) {
  const require = createRequire(join(process.cwd(), "package.json"));
  pretendBrowser(require);
  const draw = name === "@pansy/seal" ? pansy(require) : generator(require);
  draw();
  const times = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = performance.now();
    const picture = draw();
    times.push(performance.now() - start);
    if (!picture.startsWith("data:image/png")) throw new Error(`${name} gave no picture`);
  }
  console.log(JSON.stringify({ round: median(times) }));
}

function pansy(require) {
  const { Seal } = require("@pansy/seal");
  const scale = PIXELS / 300;
  const options = {
    width: PIXELS,
    height: PIXELS,
    showTransparent: false,
    border: { width: 6 * scale, radius: 140 * scale },
    innerBorder: { visible: false },
    fiveStar: { size: 30 * scale },
    text: { text: NAME, fontSize: 30 * scale, radius: 120 * scale },
    subText: { text: PURPOSE, fontSize: 24 * scale, distance: 75 * scale },
    serNo: { text: CODE, fontSize: 14 * scale, radius: 120 * scale },
  };
  return () => new Seal({ appendChild: () => {} }, options).toBase64(false);
}

function generator(require) {
  const { SealGenerator } = require("seal-generator");
  return () => new SealGenerator().getBase64Data(NAME, PURPOSE, PIXELS);
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function bench(ours, folder, runs) {
  const home = join(folder, "seal-peers");
  const present = Object.keys(peers).filter((name) => existsSync(join(home, "node_modules", peers[name].package)));
  const answers = { ours: [], ...Object.fromEntries(present.map((name) => [name, []])) };
  for (let run = 0; run < runs; run += 1) {
    answers.ours.push(JSON.parse(execFileSync(ours, { encoding: "utf8" })));
    for (const name of present) {
      const words = [fileURLToPath(import.meta.url), "--peer", name];
      answers[name].push(JSON.parse(execFileSync(process.execPath, words, { encoding: "utf8", cwd: home })));
    }
  }
  const report = written(answers, home, runs);
  writeFileSync(join(folder, "seal.md"), report);
  console.log(report);
}

function written(answers, home, runs) {
  const of = (name, what) => median(answers[name].map((answer) => answer[what]));
  const names = Object.keys(answers).filter((name) => name !== "ours");
  const best = names.length === 0 ? undefined : Math.min(...names.map((name) => of(name, "round")));
  const version = (name) => JSON.parse(readFileSync(join(home, "node_modules", peers[name].package, "package.json"))).version;
  const row = (...cells) => `| ${cells.join(" | ")} |`;
  const ms = (value) => value.toFixed(2);
  const ratio = (value) => (best === undefined ? "–" : (value / best).toFixed(3));
  return [
    "# Seals: layout and 600 dpi PNG of a round seal",
    "",
    `Medians of ${runs} interleaved runs, milliseconds for one seal inside the program; ${cpus().length} processors, load ${loadavg()[0].toFixed(1)}.`,
    "",
    row("program", "ms", "× best peer", "limit", "remarks"),
    row("---", "---", "---", "---", "---"),
    row("ours", ms(of("ours", "round")), ratio(of("ours", "round")), `≤ ${LIMIT}`, "12 characters, purpose, 13 digits, 945 × 945"),
    row("ours, first one of a process", ms(of("ours", "first")), ratio(of("ours", "first")), "", "reads the fonts"),
    row("ours, 31 characters", ms(of("ours", "long")), ratio(of("ours", "long")), "", ""),
    row("ours, name seal", ms(of("ours", "name")), ratio(of("ours", "name")), "", "with the search for the stroke weight"),
    ...names.map((name) => row(`${name} ${version(name)}`, ms(of(name, "round")), ratio(of(name, "round")), "", peers[name].note)),
    ...(names.length === 0 ? ["", "No peer is installed: `cargo xtask bench seal --install-peers` brings them."] : []),
    "",
  ].join("\n");
}
