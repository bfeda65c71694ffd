// Watches the page of a signing task in Chromium; the test that started it fetches and signs as the lines come.
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";

const [ui, address, screens] = process.argv.slice(2);
const { chromium } = createRequire(`${ui}/package.json`)("playwright-core");
mkdirSync(screens, { recursive: true });
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--headless=new"],
});
const faults = [];
try {
  const context = await browser.newContext({ viewport: { width: 720, height: 800 }, locale: "zh-CN" });
  const page = await context.newPage();
  page.setDefaultTimeout(30000);
  page.on("pageerror", (error) => faults.push(error.message));
  await page.goto(address);
  await page.locator("#code img").waitFor();
  await page.waitForFunction(() => document.querySelector("#code img").naturalWidth > 0);
  await page.getByText("招标采购系统").waitFor();
  await page.screenshot({ path: `${screens}/waiting.png` });
  process.stdout.write("seen: waiting\n");
  await page.getByText("已取走").waitFor();
  if (await page.locator("#code").isVisible()) faults.push("the code is still shown");
  const gone = await page.request.get(`${address}/qr.svg`);
  if (gone.status() !== 404) faults.push(`the code is still served: ${gone.status()}`);
  process.stdout.write("seen: fetched\n");
  await page.getByText("签署完成").waitFor();
  const signer = await page.locator("#signer").textContent();
  await page.emulateMedia({ colorScheme: "dark" });
  await page.screenshot({ path: `${screens}/signed-dark.png` });
  await page.goto(`${new URL(address).origin}/sign/unknown`);
  await page.getByText("链接无效").waitFor();
  process.stdout.write(`seen: signed by ${/：(.*)（/.exec(signer)?.[1]}\n`);
} catch (error) {
  faults.push(String(error));
} finally {
  await browser.close();
}
for (const fault of faults) process.stderr.write(`fault: ${fault}\n`);
process.exitCode = faults.length === 0 ? 0 : 1;
