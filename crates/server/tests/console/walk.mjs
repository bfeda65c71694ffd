// Walks through the console in Chromium as a reviewer does; prints one line per thing seen, for the test that started it.

import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";

const [ui, link, screens, mode] = process.argv.slice(2);
const { chromium } = createRequire(`${ui}/package.json`)("playwright-core");
mkdirSync(screens, { recursive: true });

const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--headless=new"],
});
const faults = [];
const seen = (what) => console.log(`seen: ${what}`);

function must(condition, what) {
  if (!condition) faults.push(what);
  else seen(what);
}

async function opened(address, scheme = "light") {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    colorScheme: scheme,
    locale: "zh-CN",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15000);
  page.on("pageerror", (error) => faults.push(`script: ${error.message}`));
  page.on("console", (message) => {
    const text = message.text();
    if (message.type() === "error" && !text.includes("Failed to load resource")) faults.push(`console: ${text}`);
  });
  page.on("request", (request) => {
    const own = new URL(address).origin;
    if (
      !request.url().startsWith(own) &&
      !request.url().startsWith("blob:") &&
      !/^chrome(-extension)?:/.test(request.url())
    )
      faults.push(`remote: ${request.url()}`);
  });
  await page.goto(address);
  return page;
}

const shot = (page, name) => page.screenshot({ path: `${screens}/${name}.png` });
const text = (page, words) => page.getByText(words).first().waitFor();
const tab = (page, name) => page.getByRole("tab", { name }).click();

async function locked() {
  const page = await opened(link.split("#")[0]);
  await text(page, "打开审核台");
  must((await page.locator("input").count()) === 0, "without the app's link the sandbox asks for no password");
  await shot(page, "locked");
}

/** A key that came while the page was busy with something else is pressed again, as a person does. */
async function pressUntil(page, key, shown) {
  for (let tries = 0; tries < 4; tries += 1) {
    await page.keyboard.press(key);
    const came = await shown.waitFor({ timeout: 3000 }).then(
      () => true,
      () => false,
    );
    if (came) return;
  }
  await shown.waitFor();
}

async function authorisations(page) {
  await text(page, "企业登记信息");
  await page.locator("img.letter").waitFor();
  await page.waitForFunction(() => document.querySelector("img.letter")?.naturalWidth > 0);
  must(await page.getByText("91330106MA2CFUY66Q").first().isVisible(), "letter picture beside the enterprise's data");
  await shot(page, "authorisation");
  await page.keyboard.press("r");
  const dialog = page.locator("dialog[open]");
  await dialog.waitFor();
  await dialog.getByRole("button", { name: "公章不清晰" }).click();
  must((await dialog.locator("textarea").inputValue()).startsWith("公章不清晰"), "a template fills the reason");
  await shot(page, "reject");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await pressUntil(page, "a", dialog);
  await page.keyboard.press("Enter");
  await text(page, "已通过");
  await text(page, "全部处理完了");
  seen("approved from the keyboard; the queue is empty");
  await shot(page, "empty");
}

async function seals(page) {
  await tab(page, "签章图片");
  await page.locator(".picture img").waitFor();
  await page.waitForFunction(() => document.querySelector(".picture img")?.naturalWidth > 0);
  const box = await page.locator(".picture img").boundingBox();
  must(box.width >= 300, `the seal's picture is large (${Math.round(box.width)} px)`);
  must(await page.getByText("证书主体").isVisible(), "the certificate's subject stands beside it");
  await shot(page, "seal");
  await page.getByRole("button", { name: "退回" }).click();
  const dialog = page.locator("dialog[open]");
  await dialog.getByRole("button", { name: "退回", exact: true }).click();
  must(await dialog.isVisible(), "no rejection without a reason");
  await dialog.getByRole("button", { name: "图片模糊或有缺损" }).click();
  await dialog.getByRole("button", { name: "退回", exact: true }).click();
  await text(page, "已退回：");
  seen("seal rejected with a reason");
}

async function payments(page) {
  await tab(page, "付款");
  await text(page, "找不到订单");
  await page.locator(".rows button").filter({ hasText: "金额不符" }).click();
  await text(page, "少付");
  must(await page.getByText("少付 ¥1.00").isVisible(), "says how much is missing");
  await shot(page, "payment");
  await page.locator("#enter-notice").click();
  const dialog = page.locator("dialog[open]");
  await dialog.getByPlaceholder("按企业名称").fill("云栖");
  await dialog.locator(".found button").first().waitFor();
  await shot(page, "notice");
  await dialog.locator(".found button").filter({ hasText: "金额不符" }).first().click();
  await dialog.locator("input[name=amount]").fill("1.00");
  await dialog.locator("input[name=number]").fill("BANK-REST-1");
  await dialog.getByRole("button", { name: "登记", exact: true }).click();
  await text(page, "已入账，订单已交款");
  seen("the missing part pays the order");
  await page.locator(".rows button").filter({ hasText: "付款账户不符" }).click();
  await page.getByRole("button", { name: "退款" }).click();
  await dialog.locator("input[name=reference]").fill("BACK-1");
  await dialog.getByRole("button", { name: "付款账户不是订单登记的账户" }).click();
  await dialog.getByRole("button", { name: "登记退款" }).click();
  await text(page, "已登记退款");
  seen("a stranger's money is sent back");
}

/** Two paid orders: one has entitlements in use and stays, the other goes back as a whole. */
async function refunds(page) {
  const dialog = page.locator("dialog[open]");
  const whole = page.locator("#refund-order");
  const fill = async (reference) => {
    await whole.click();
    await dialog.locator("input[name=reference]").fill(reference);
    await dialog.getByRole("button", { name: "企业申请取消订单" }).click();
  };
  await tab(page, "付款");
  await page.locator(".find .check input").check();
  const credited = page.locator(".rows button").filter({ hasText: "已入账" });
  await credited.filter({ hasText: "¥300.00" }).last().click();
  await whole.waitFor();
  await fill("BACK-USED");
  await dialog.getByRole("button", { name: "登记退款" }).click();
  await dialog.getByText("不能").filter({ hasText: /不能退款|不能整单退款/ }).waitFor();
  seen("an order in use or invoiced is not given back, and the reason is said");
  await shot(page, "refund-refused");
  await page.keyboard.press("Escape");
  await page.getByLabel("搜索").fill("BANK-REST-1");
  await page.waitForFunction(() => document.querySelectorAll(".rows button").length === 1);
  await credited.first().click();
  await whole.waitFor();
  await shot(page, "refund-offered");
  await fill("BACK-WHOLE");
  await shot(page, "refund");
  await dialog.getByRole("button", { name: "登记退款" }).click();
  await text(page, "证书额度已收回");
  await page.locator(".detail").getByText("BACK-WHOLE").waitFor();
  must(await page.locator(".detail").getByText("已退款").first().isVisible(), "the order is shown as refunded");
  must((await whole.count()) === 0, "and cannot be given back twice");
  await shot(page, "refunded");
  seen("a paid order is given back as a whole");
}

async function invoices(page) {
  await tab(page, "发票");
  await text(page, "价税合计");
  await shot(page, "invoice");
  await pressUntil(page, "a", page.locator("dialog[open]"));
  await page.keyboard.press("Enter");
  await text(page, "全部处理完了");
  seen("invoice issued");
}

async function search(page) {
  await page.locator(".find .check input").check();
  await page.locator(".rows button").first().waitFor();
  await page.keyboard.press("/");
  await page
    .locator(".rows")
    .click({ position: { x: 5, y: 400 } })
    .catch(() => {});
  await page.getByLabel("搜索").fill("没有这家企业");
  await text(page, "没有符合的结果");
  await page.getByLabel("搜索").fill("云栖");
  await page.locator(".rows button").first().waitFor();
  seen("search finds and does not find");
}

async function audit(page) {
  await tab(page, "操作记录");
  await page.locator("tbody tr").first().waitFor();
  must((await page.locator("tbody tr").count()) > 5, "the record of writes is there");
  await page.getByLabel("搜索").fill("refund");
  await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 2);
  must(await page.getByText("operator").first().isVisible(), "a refund is found with who did it");
  await page.getByLabel("搜索").fill("");
  await page.waitForFunction(() => document.querySelectorAll("tbody tr").length > 5);
  await shot(page, "audit");
  await pages(page);
}

/** More than a page of writes: onward to the last page and back to the first. */
async function pages(page) {
  const onward = page.getByRole("button", { name: "下一页" });
  const back = page.getByRole("button", { name: "上一页" });
  // The range is drawn together with the buttons, the rows make room for "reading" before.
  const range = () => page.locator(".more > span").first().innerText();
  /** Clicks twice before the answer is there, as the impatient do. */
  const turn = async (button) => {
    const before = await range();
    await button.evaluate((one) => {
      one.click();
      one.click();
    });
    await page.waitForFunction(
      (before) => document.querySelector(".more > span")?.innerText !== before && document.querySelector("tbody tr"),
      before,
    );
  };
  const first = await page.locator("tbody tr").first().innerText();
  must((await back.isDisabled()) && (await onward.isEnabled()), "on the first page one can only go onward");
  await turn(onward);
  must((await range()).startsWith("51–"), "clicked twice, one is on the second page");
  must((await page.locator("tbody tr").first().innerText()) !== first, "the second page has others");
  await shot(page, "audit-second-page");
  while (await onward.isEnabled()) await turn(onward);
  must(await back.isEnabled(), "on the last page one can only go back");
  while (await back.isEnabled()) await turn(back);
  must((await range()).startsWith("1–"), "the range is the first again");
  must((await page.locator("tbody tr").first().innerText()) === first, "the first page is as it was");
}

async function automatic(page) {
  await page.locator("#auto-approve").check();
  await text(page, "秒后自动通过");
  await page.locator("#auto-approve").uncheck();
  await text(page, "自动通过已关闭");
  seen("approval by itself is switched on and off");
}

async function dark(page) {
  await page.getByRole("button", { name: "切换明暗" }).click();
  await tab(page, "付款");
  await page.locator(".rows button").first().waitFor();
  await shot(page, "payment-dark");
  await tab(page, "CA 授权");
  await page.locator(".find .check input").check();
  await page.locator("img.letter").waitFor();
  await page.waitForFunction(() => document.querySelector("img.letter")?.naturalWidth > 0);
  await shot(page, "authorisation-dark");
  await page.setViewportSize({ width: 720, height: 900 });
  await shot(page, "narrow-dark");
  await page.setViewportSize({ width: 1280, height: 800 });
}

async function faulty(page) {
  await page.route("**/v1/operator/reviews*", (route) => route.abort());
  await tab(page, "发票");
  await text(page, "连接不上平台");
  await shot(page, "offline");
  await page.unroute("**/v1/operator/reviews*");
  await page.getByRole("button", { name: "重试" }).first().click();
  await text(page, "全部处理完了");
  seen("offline is said, and trying again works");
}

async function ended(page) {
  await page.evaluate(() => {
    const kept = JSON.parse(sessionStorage.getItem("ganjiang.console"));
    return fetch("/v1/sessions/current", { method: "DELETE", headers: { authorization: `Bearer ${kept.token}` } });
  });
  // The page asks now and then by itself: it may know before anything is pressed, and the tab is gone.
  await page
    .getByRole("tab", { name: "签章图片" })
    .click({ timeout: 3000 })
    .catch(() => {});
  await text(page, "登录已过期");
  seen("an ended session is said");
  await shot(page, "expired");
  const again = await opened(link);
  await text(again, "链接已失效");
  seen("the link works once");
}

async function whole() {
  await locked();
  const page = await opened(link);
  await authorisations(page);
  await seals(page);
  await payments(page);
  await refunds(page);
  await invoices(page);
  await search(page);
  await audit(page);
  await automatic(page);
  await dark(page);
  await faulty(page);
  await ended(page);
}

/** A platform of its own: no link, a form; and a letter that is a PDF. */
async function alone() {
  const page = await opened(link);
  await page.getByLabel("审核员账号").fill("wangmin");
  await page.getByLabel("密码").fill("ganjiang");
  await page.getByRole("button", { name: "登录" }).click();
  await text(page, "不是平台审核员");
  await shot(page, "sign-in");
  await page.getByLabel("审核员账号").fill("operator");
  await page.getByLabel("密码").fill("wrong");
  await page.keyboard.press("Enter");
  await text(page, "账号或密码不正确");
  await page.getByLabel("密码").fill("ganjiang");
  await page.keyboard.press("Enter");
  await page.locator("iframe.letter").waitFor();
  seen("signed in; a letter in PDF is shown");
  await page.waitForLoadState("networkidle");
  await shot(page, "letter-pdf");
  must((await page.locator("#auto-approve").count()) === 0, "no approval by itself outside the sandbox");
}

try {
  await (mode === "alone" ? alone() : whole());
} catch (error) {
  faults.push(String(error));
  for (const context of browser.contexts())
    for (const page of context.pages()) await shot(page, "fault").catch(() => {});
} finally {
  await browser.close();
}
for (const fault of faults) console.error(`fault: ${fault}`);
process.exitCode = faults.length === 0 ? 0 : 1;
