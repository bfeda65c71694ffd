// Reads the contract in Chromium as a person does who runs another platform; prints what was seen for the test that started it.

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
const asked = [];
const must = (condition, what) => (condition ? console.log(`seen: ${what}`) : faults.push(what));

try {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "zh-CN" });
  const page = await context.newPage();
  page.setDefaultTimeout(30000);
  page.on("pageerror", (error) => faults.push(`script: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(`console: ${message.text()}`);
  });
  page.on("request", (request) => {
    if (/^(data|blob|chrome(-extension)?):/.test(request.url())) return;
    asked.push(request.url());
  });
  const answer = await page.goto(`${address}/docs`);
  must(answer.headers()["content-security-policy"].includes("default-src 'none'"), "a strict policy");
  await page.locator(".opblock").first().waitFor();
  const document = await (await page.request.get(`${address}/openapi.json`)).json();
  const operations = Object.values(document.paths).flatMap((item) => Object.keys(item)).length;
  must((await page.locator(".opblock").count()) === operations, `all ${operations} operations`);
  must((await page.getByText("/v1/orders/{id}/cancel").count()) > 0, "an operation by its path");
  await page.screenshot({ path: `${screens}/list.png` });

  const place = page.locator(".opblock", { has: page.locator('[data-path="/v1/orders"]') }).locator("nth=1");
  await place.locator(".opblock-summary-control").click();
  await place.locator(".responses-table").waitFor();
  await place.locator(".highlight-code, .example").first().waitFor();
  const words = await place.textContent();
  must(words.includes("package_id"), "an example of the request");
  must(words.includes("authorisation_required"), "the codes it can refuse with");
  must((await page.locator(".try-out").count()) === 0, "nothing can be sent from here");
  await place.scrollIntoViewIfNeeded();
  await page.waitForLoadState("networkidle");
  await page.screenshot({ path: `${screens}/order.png` });
  must(
    asked.length >= 5 && asked.every((url) => url.startsWith(`${address}/`)),
    `${asked.length} requests, none to elsewhere`,
  );
} catch (error) {
  faults.push(String(error));
} finally {
  await browser.close();
}
for (const fault of faults) console.error(`fault: ${fault}`);
process.exitCode = faults.length === 0 ? 0 : 1;
