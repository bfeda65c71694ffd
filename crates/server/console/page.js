// Building blocks of the page: elements, dialogs, messages, times and amounts.
import { refusal } from "./words.js";

/** An element; properties that begin with `on` are listeners, text children are text and never markup. */
export function h(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(
    ...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false),
  );
  return element;
}

/** A list of facts: pairs of name and value. */
export function facts(...pairs) {
  return h(
    "dl",
    {},
    pairs.filter(Boolean).map(([name, value, look]) => [h("dt", {}, name), h("dd", { class: look }, value ?? "—")]),
  );
}

/** Says something for a moment. */
export function toast(text) {
  const shown = h("div", { class: "toast" }, text);
  document.getElementById("toasts").replaceChildren(shown);
  setTimeout(() => shown.remove(), 5000);
}

/** What went wrong, in words. */
export function sentence(error) {
  if (error?.code === "offline") return "连接不上平台，没有做任何更改。请检查网络后重试。";
  return refusal(error?.code ?? "internal", error?.params);
}

/** Shown instead of what could not be fetched, with a way to try again. */
export function fault(error, again) {
  return h(
    "div",
    { class: "fault", role: "alert" },
    h("p", {}, sentence(error)),
    again && h("p", {}, h("button", { onclick: again }, "重试")),
  );
}

/** Nothing to see, and why. */
export function empty(title, hint) {
  return h("div", { class: "empty" }, h("p", {}, title), hint && h("p", {}, hint));
}

/** A dialog with a form; `submit` gets the form and may throw. Resolves to whether it was done. */
export function ask({ title, content, action, submit }) {
  return new Promise((resolve) => {
    const key = crypto.randomUUID();
    const problem = h("div", { role: "alert" });
    const go = h("button", { class: "main", type: "submit" }, action);
    let done = false;
    const form = h(
      "form",
      {
        onsubmit: async (event) => {
          event.preventDefault();
          go.disabled = true;
          problem.replaceChildren();
          try {
            await submit(form, key);
            done = true;
            dialog.close();
          } catch (error) {
            problem.replaceChildren(fault(error));
          } finally {
            go.disabled = false;
          }
        },
      },
      h("h2", {}, title),
      content,
      problem,
      h("div", { class: "actions" }, h("button", { type: "button", onclick: () => dialog.close() }, "取消"), go),
    );
    const dialog = h(
      "dialog",
      {
        "aria-label": title,
        onclose: () => {
          dialog.remove();
          resolve(done);
        },
      },
      form,
    );
    document.body.append(dialog);
    dialog.showModal();
    const first = form.querySelector("input, textarea, select") ?? go;
    first.focus();
  });
}

/** A field with its name above it. */
export function field(name, input) {
  return h("label", {}, h("span", {}, name), input);
}

/** Reasons given often, above the field they fill. */
export function reasonField(templates, name = "原因") {
  const text = h("textarea", { name: "reason", required: true, maxlength: 500 });
  const chips = templates.map((reason) =>
    h(
      "button",
      {
        type: "button",
        onclick: () => {
          text.value = reason;
          text.focus();
        },
      },
      reason.split("，")[0].replace("。", ""),
    ),
  );
  return h(
    "div",
    {},
    h("div", { class: "templates", role: "group", "aria-label": "常用原因" }, chips),
    field(name, text),
  );
}

/** A moment in local time. */
export function when(text) {
  if (!text) return "—";
  const at = new Date(text);
  const two = (number) => String(number).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** How long ago, roughly. */
export function since(text) {
  const minutes = Math.max(0, Math.floor((Date.now() - new Date(text)) / 60000));
  if (minutes < 1) return "刚刚";
  if (minutes < 60) return `${minutes} 分钟前`;
  if (minutes < 1440) return `${Math.floor(minutes / 60)} 小时前`;
  return `${Math.floor(minutes / 1440)} 天前`;
}

/** Fen as yuan. */
export function yuan(fen) {
  const amount = Math.abs(fen);
  const whole = String(Math.floor(amount / 100)).replace(/\B(?=(\d{3})+$)/g, ",");
  return `${fen < 0 ? "-" : ""}¥${whole}.${String(amount % 100).padStart(2, "0")}`;
}

/** A bank account in groups of four. */
export const grouped = (account) => account.replace(/(.{4})(?=.)/g, "$1 ");
