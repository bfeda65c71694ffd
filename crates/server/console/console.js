// The console: door, tabs, lists, keys. What is inside a tab is in reviews.js and payments.js.
import { empty, fault, h, sentence, since, toast, when } from "./page.js";
import * as payments from "./payments.js";
import * as reviews from "./reviews.js";
import { account, call, enter, onEnd, signIn, signOut } from "./session.js";
import { kinds, named } from "./words.js";

const app = document.getElementById("app");
const tabs = ["authorisation", "seal", "payment", "invoice", "audit"];
const counted = { authorisation: "authorisations", seal: "seals", payment: "payments", invoice: "invoices" };
/** Rows fetched at once, and how often the queues are asked for, in milliseconds. */
const PAGE = 50;
const LOOK_EVERY = 4000;

const view = {
  tab: "authorisation",
  q: "",
  done: false,
  before: [],
  after: null,
  chosen: null,
  total: 0,
  rows: [],
  detail: null,
};
let counts = {};
let places = {};
let turn = 0;

theme(localStorage.getItem("ganjiang.theme"));
onEnd(() => door("登录已过期", "已提交的操作都已保存。"));
begin();

async function begin() {
  try {
    await enter();
  } catch (error) {
    return door("链接已失效", error.code === "offline" ? sentence(error) : "链接只能使用一次，并且一分钟内有效。");
  }
  return account() ? frame() : door();
}

/** The way in: a form, or in the sandbox the hint to come from the app. */
async function door(title, note) {
  clearInterval(places.timer);
  let sandbox = false;
  try {
    await call("GET", "/v1/sandbox/accounts");
  } catch (error) {
    sandbox = error.code === "sandbox_token_required";
  }
  const head = [
    h("h1", {}, "干将签章 · 审核台"),
    title && h("p", { role: "alert" }, h("b", {}, title), note ? `。${note}` : "。"),
  ];
  if (sandbox) {
    return app.replaceChildren(
      h(
        "main",
        { class: "door" },
        h(
          "div",
          { class: "card" },
          head,
          h(
            "p",
            {},
            "这是桌面应用内的沙盒平台。请在应用的「设置」中点击「打开审核台」，会在浏览器中打开一个新的页面。",
          ),
        ),
      ),
    );
  }
  const problem = h("div", { role: "alert" });
  const name = h("input", { name: "account", required: true, autocomplete: "username" });
  const password = h("input", { name: "password", type: "password", required: true, autocomplete: "current-password" });
  const go = h("button", { class: "main", type: "submit" }, "登录");
  const form = h(
    "form",
    {
      onsubmit: async (event) => {
        event.preventDefault();
        go.disabled = true;
        problem.replaceChildren();
        try {
          await signIn(name.value.trim(), password.value);
          frame();
        } catch (error) {
          problem.replaceChildren(fault(error));
          password.value = "";
          password.focus();
        } finally {
          go.disabled = false;
        }
      },
    },
    h("label", {}, h("span", {}, "审核员账号"), name),
    h("label", {}, h("span", {}, "密码"), password),
    problem,
    h("div", { class: "actions" }, go),
  );
  app.replaceChildren(h("main", { class: "door" }, h("div", { class: "card" }, head, form)));
  name.focus();
}

async function frame() {
  places = {
    tabs: h("div", { class: "tabs", role: "tablist", "aria-label": "队列" }),
    body: h("main", { id: "body" }),
    automatic: h("span", {}),
  };
  const look = h(
    "button",
    { class: "plain", title: "切换明暗", "aria-label": "切换明暗", onclick: () => theme(dark() ? "light" : "dark") },
    "◐",
  );
  const out = h(
    "button",
    {
      class: "plain",
      onclick: async () => {
        await signOut();
        door();
      },
    },
    "退出",
  );
  app.replaceChildren(
    h(
      "div",
      { class: "frame" },
      h(
        "header",
        { class: "top" },
        h("div", { class: "brand" }, h("i", { "aria-hidden": "true" }, "干"), "审核台"),
        places.tabs,
        h("div", { class: "rest" }, places.automatic, look, h("span", { class: "soft" }, account().name), out),
      ),
      places.body,
    ),
  );
  clearInterval(places.timer);
  places.timer = setInterval(() => document.visibilityState === "visible" && account() && queues(), LOOK_EVERY);
  automatic();
  await queues(true);
  open(tabs.find((tab) => counts[counted[tab]] > 0) ?? "authorisation");
}

function dark() {
  return (
    (document.documentElement.dataset.theme ??
      (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark"
  );
}

function theme(name) {
  if (name !== "light" && name !== "dark") return;
  document.documentElement.dataset.theme = name;
  localStorage.setItem("ganjiang.theme", name);
}

/** Approval by itself; the sandbox only. */
async function automatic() {
  let setting;
  try {
    setting = await call("GET", "/v1/operator/auto-approve");
  } catch {
    return;
  }
  const choice = h(
    "select",
    { "aria-label": "自动通过的等待时间" },
    [
      [2, "2 秒后"],
      [10, "10 秒后"],
      [60, "1 分钟后"],
    ].map(([seconds, text]) => h("option", { value: seconds }, text)),
  );
  const on = h("input", { type: "checkbox", id: "auto-approve" });
  on.checked = setting.seconds !== null;
  choice.value = [2, 10, 60].includes(setting.seconds) ? setting.seconds : 10;
  choice.disabled = !on.checked;
  const set = async () => {
    try {
      const kept = await call(
        "PUT",
        "/v1/operator/auto-approve",
        { seconds: on.checked ? Number(choice.value) : null },
        crypto.randomUUID(),
      );
      choice.disabled = kept.seconds === null;
      toast(kept.seconds === null ? "自动通过已关闭" : `提交 ${kept.seconds} 秒后自动通过`);
    } catch (error) {
      on.checked = !on.checked;
      toast(sentence(error));
    }
  };
  on.onchange = set;
  choice.onchange = set;
  places.automatic.replaceChildren(h("label", { class: "switch" }, on, "自动通过", choice));
}

/** Counts on the tabs; a changed count of the open tab fetches its list again. */
async function queues(first) {
  let fresh;
  try {
    fresh = await call("GET", "/v1/operator/queues");
  } catch (error) {
    if (first && account()) places.body.replaceChildren(fault(error, () => frame()));
    return;
  }
  const stale = !first && counted[view.tab] && fresh[counted[view.tab]] !== counts[counted[view.tab]];
  counts = fresh;
  drawTabs();
  if (stale && !document.querySelector("dialog[open]")) list(true);
}

function drawTabs() {
  const focused = document.activeElement?.dataset?.tab;
  places.tabs.replaceChildren(
    ...tabs.map((tab, at) =>
      h(
        "button",
        {
          role: "tab",
          "data-tab": tab,
          "aria-selected": String(tab === view.tab),
          "aria-controls": "body",
          title: `快捷键 ${at + 1}`,
          onclick: () => open(tab),
        },
        named(kinds, tab),
        counts[counted[tab]] > 0 &&
          h("span", { class: "count", "aria-label": `${counts[counted[tab]]} 项待处理` }, String(counts[counted[tab]])),
      ),
    ),
  );
  if (focused) places.tabs.querySelector(`[data-tab="${focused}"]`)?.focus();
}

function open(tab) {
  Object.assign(view, { tab, q: "", done: false, before: [], after: null, chosen: null, detail: null });
  drawTabs();
  const search = h("input", {
    type: "search",
    placeholder:
      tab === "payment" ? "流水号、户名、账号" : tab === "audit" ? "账号、操作、请求编号" : "企业、信用代码、订单号",
    "aria-label": "搜索",
  });
  let wait;
  search.addEventListener("input", () => {
    clearTimeout(wait);
    wait = setTimeout(() => {
      Object.assign(view, { q: search.value, before: [], after: null, chosen: null });
      list();
    }, 250);
  });
  places.rows = h("ul", { class: "rows", id: "rows", "aria-label": named(kinds, tab) });
  places.more = h("div", { class: "more" });
  places.detail = h("section", { class: "detail", "aria-label": "详情", tabindex: "-1" });
  if (tab === "audit") {
    places.body.className = "full";
    places.body.replaceChildren(h("div", { class: "find" }, search), places.rows, places.more);
  } else {
    const done = h("input", {
      type: "checkbox",
      onchange: () => {
        Object.assign(view, { done: done.checked, before: [], after: null, chosen: null });
        list();
      },
    });
    const all = h("label", { class: "check" }, done, tab === "payment" ? "全部" : "已处理");
    const add =
      tab === "payment" &&
      h(
        "div",
        { class: "find" },
        h("button", { id: "enter-notice", onclick: () => payments.enterNotice(() => refresh()) }, "登记银行来款…"),
      );
    places.body.className = "work";
    places.body.replaceChildren(
      h("div", { class: "list" }, add, h("div", { class: "find" }, search, all), places.rows, places.more),
      places.detail,
    );
  }
  places.search = search;
  list();
}

async function refresh() {
  await queues(true);
  await list(true);
}

function address() {
  const query = new URLSearchParams({ limit: PAGE });
  if (view.after) query.set("after", view.after);
  if (view.q.trim()) query.set("q", view.q.trim());
  if (view.tab === "payment") {
    query.set("all", view.done);
    return `/v1/operator/arrivals?${query}`;
  }
  if (view.tab === "audit") return `/v1/operator/audit?${query}`;
  query.set("kind", view.tab);
  query.set("done", view.done);
  return `/v1/operator/reviews?${query}`;
}

const rowId = (row) => row.id ?? row.notice?.notice_number;

/** Fetches the list; `quietly` keeps what is chosen when it is still there. */
async function list(quietly = false) {
  const mine = ++turn;
  if (!quietly) places.rows.replaceChildren(h("li", { class: "empty" }, "正在读取…"));
  let page;
  try {
    page = await call("GET", address());
  } catch (error) {
    if (mine === turn && account())
      places.rows.replaceChildren(
        h(
          "li",
          {},
          fault(error, () => list()),
        ),
      );
    return;
  }
  if (mine !== turn) return;
  Object.assign(view, { rows: page.rows, total: page.total, next: page.next });
  if (view.tab === "audit") return auditTable();
  const chosen = view.rows.find((row) => rowId(row) === view.chosen) ?? view.rows[0];
  drawRows();
  pages();
  if (!chosen) return nothing();
  if (!quietly || rowId(chosen) !== view.chosen || view.tab === "payment") choose(chosen, false);
}

function nothing() {
  view.chosen = null;
  view.detail = null;
  const searched = view.q.trim() !== "";
  places.rows.replaceChildren(h("li", { class: "empty" }, searched ? "没有符合的结果" : "没有待处理的事项"));
  places.detail.replaceChildren(
    empty(searched ? "换个词试试，或清除搜索。" : "全部处理完了", searched ? undefined : "新的提交会自动出现在这里。"),
  );
}

function drawRows() {
  const focused = places.rows.contains(document.activeElement);
  places.rows.replaceChildren(
    ...view.rows.map((row) => {
      const shown = view.tab === "payment" ? payments.row(row) : reviews.row(row);
      return h(
        "li",
        {},
        h(
          "button",
          {
            "data-row": rowId(row),
            "aria-current": String(rowId(row) === view.chosen),
            onclick: () => choose(row, true),
          },
          h("b", { title: shown.title }, shown.title),
          h(
            "span",
            {},
            h("span", {}, shown.about),
            h("span", { title: when(shown.at) }, shown.right ?? since(shown.at)),
          ),
        ),
      );
    }),
  );
  if (focused) places.rows.querySelector('[aria-current="true"]')?.focus();
}

/** Where one is in the list. The buttons lead on from the page they were drawn for, so a second click adds nothing. */
function pages() {
  const { before, after, next } = view;
  const skipped = before.length * PAGE;
  const focused = places.more.contains(document.activeElement) ? document.activeElement.textContent : null;
  const button = (name, disabled, before, after) =>
    h(
      "button",
      {
        class: "plain",
        disabled,
        onclick: () => {
          Object.assign(view, { before, after, chosen: null });
          list();
        },
      },
      name,
    );
  places.more.replaceChildren(
    h("span", {}, view.rows.length === 0 ? "" : `${skipped + 1}–${skipped + view.rows.length} / ${view.total}`),
    next || skipped > 0
      ? h(
          "span",
          {},
          button("上一页", skipped === 0, before.slice(0, -1), before.at(-1)),
          button("下一页", !next, [...before, after], next),
        )
      : "",
  );
  const again = [...places.more.querySelectorAll("button:enabled")];
  if (focused) (again.find((one) => one.textContent === focused) ?? again[0])?.focus();
}

async function choose(row, focus) {
  const id = rowId(row);
  view.chosen = id;
  view.detail = null;
  for (const one of places.rows.querySelectorAll("button"))
    one.setAttribute("aria-current", String(one.dataset.row === id));
  const current = places.rows.querySelector('[aria-current="true"]');
  current?.scrollIntoView({ block: "nearest" });
  if (focus) current?.focus();
  for (const old of places.detail.querySelectorAll("[src^='blob:']")) URL.revokeObjectURL(old.src);
  try {
    const shown = view.tab === "payment" ? payments.detail(row, refresh) : await reviews.detail(id, refresh);
    if (view.chosen !== id) return;
    view.detail = shown;
    places.detail.replaceChildren(...shown.element.childNodes);
    places.detail.scrollTop = 0;
  } catch (error) {
    if (view.chosen === id && account()) places.detail.replaceChildren(fault(error, () => choose(row, focus)));
  }
}

/** An address that may break before a slash, where a reader expects it. */
const sliced = (text) => text.split(/(?=\/)/).map((part) => [h("wbr"), part]);

function auditTable() {
  const head = ["时间", "账号", "操作", "对象", "请求编号", "内容摘要"].map((name) => h("th", {}, name));
  const rows = view.rows.map((row) =>
    h(
      "tr",
      {},
      h("td", { class: "short" }, when(row.at)),
      h("td", { class: "short" }, row.actor),
      h("td", { class: "mono" }, sliced(row.action)),
      h("td", { class: "mono" }, sliced(row.target)),
      h("td", { class: "mono short", title: row.request_id }, row.request_id.slice(0, 8)),
      h("td", { class: "mono short", title: row.content_hash }, row.content_hash.slice(0, 12)),
    ),
  );
  places.rows.replaceChildren(
    h(
      "li",
      {},
      rows.length ? h("table", {}, h("thead", {}, h("tr", {}, head)), h("tbody", {}, rows)) : empty("没有符合的记录"),
    ),
  );
  pages();
}

function step(by) {
  const at = view.rows.findIndex((row) => rowId(row) === view.chosen);
  const next = view.rows[Math.min(view.rows.length - 1, Math.max(0, at + by))];
  if (next && view.tab !== "audit") choose(next, true);
}

document.addEventListener("keydown", (event) => {
  if (!account() || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.key === "Escape" && event.target === places.search) return event.target.blur();
  if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return undefined;
  const keys = {
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    j: () => step(1),
    k: () => step(-1),
    a: () => view.detail?.approve(),
    r: () => view.detail?.reject(),
    "/": () => places.search?.focus(),
  };
  const tab = tabs[Number(event.key) - 1];
  const act = tab ? () => open(tab) : keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!act) return undefined;
  event.preventDefault();
  return act();
});
