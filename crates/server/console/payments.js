// Money that came: what fits no order, entering the bank's notice, giving it to an order, sending it back.
import { ask, facts, field, grouped, h, reasonField, toast, when, yuan } from "./page.js";
import { call } from "./session.js";
import { arrivals, named, payments, reasons } from "./words.js";

/** What a row of the list says. */
export function row(arrival) {
  return {
    title: arrival.notice.payer_name || "（无付款户名）",
    about: yuan(arrival.notice.amount_fen),
    right: named(arrivals, arrival.state),
    at: arrival.received_at,
  };
}

/** Shows one arrival; `changed` is called after anything was done to it. */
export function detail(arrival, changed) {
  const { notice, order, enterprise, refund } = arrival;
  const settled = arrival.state === "credited" || arrival.state === "refunded";
  const match = h("button", { class: "main" }, "归入订单", h("kbd", {}, "A"));
  const back = h("button", {}, "退款", h("kbd", {}, "R"));
  match.onclick = () => give(arrival, changed);
  back.onclick = () => sendBack(arrival, changed);
  const lost = arrival.state === "unknown_account";
  const whole = h("button", { id: "refund-order" }, "整单退款…");
  whole.onclick = () => refundOrder(arrival, changed);
  const paid = arrival.state === "credited" && order?.payment.state === "paid";
  const element = h(
    "div",
    {},
    h("h2", {}, `来款 ${yuan(notice.amount_fen)} · ${notice.payer_name}`),
    h("p", { class: settled ? "good" : "warn" }, named(arrivals, arrival.state), settled ? "" : advice(arrival)),
    h(
      "div",
      { class: "two" },
      h(
        "div",
        { class: "card" },
        h("h3", {}, "银行来款"),
        facts(
          ["金额", yuan(notice.amount_fen), "big"],
          ["付款户名", notice.payer_name, "big"],
          ["付款账号", grouped(notice.payer_account), "mono"],
          ["收款账号", grouped(notice.receiving_account), "mono"],
          ["入账时间", when(notice.at)],
          ["银行流水号", notice.notice_number, "mono"],
        ),
      ),
      order
        ? h(
            "div",
            { class: "card" },
            h("h3", {}, "订单应收"),
            facts(
              ["金额", yuan(order.amount_fen), "big"],
              ["登记户名", order.remitting_account.holder, "big"],
              ["登记账号", grouped(order.remitting_account.account), "mono"],
              ["收款账号", grouped(order.receiving.account), "mono"],
              ["订单号", order.number, "mono"],
              ["订单状态", named(payments, order.payment.state)],
              ["企业", enterprise?.name],
            ),
          )
        : h("div", { class: "card" }, h("h3", {}, "订单"), h("p", { class: "soft" }, "没有订单使用这个收款账号。")),
    ),
    refund &&
      h(
        "div",
        { class: "card" },
        h("h3", {}, "退款"),
        facts(["退款时间", when(refund.at)], ["银行流水号", refund.reference, "mono"], ["原因", refund.reason]),
      ),
    !settled && h("div", { class: "bar" }, lost && match, back),
    paid &&
      h(
        "div",
        { class: "bar" },
        whole,
        h("span", { class: "soft" }, "证书额度都未使用、也没有开票时，可以把整笔款项退回企业。"),
      ),
  );
  element.classList.add("detail");
  return { element, approve: () => !settled && lost && match.click(), reject: () => !settled && back.click() };
}

function advice({ state, notice, order }) {
  if (state === "wrong_amount" && order) {
    const difference = notice.amount_fen - order.amount_fen;
    return difference < 0
      ? `：少付 ${yuan(-difference)}。等待补齐，或退款。`
      : `：多付 ${yuan(difference)}。退款后企业重新汇款。`;
  }
  const hints = {
    wrong_payer: "：退款后由企业用登记的账户重新汇款。",
    unknown_account: "：核对后归入订单，或退款。",
    surplus: "",
    order_closed: "",
  };
  return hints[state] ?? "";
}

async function sendBack(arrival, changed) {
  const { notice } = arrival;
  const done = await ask({
    title: "登记退款",
    content: [
      h(
        "p",
        { class: "soft" },
        `请先在银行原路退回 ${yuan(notice.amount_fen)} 到 ${notice.payer_name}（${grouped(notice.payer_account)}），再登记。`,
      ),
      field("退款的银行流水号", h("input", { name: "reference", required: true, maxlength: 64, autocomplete: "off" })),
      reasonField(reasons.refund),
    ],
    action: "登记退款",
    submit: (form, key) =>
      call(
        "POST",
        `/v1/operator/arrivals/${encodeURIComponent(notice.notice_number)}/refund`,
        { reference: form.elements.reference.value.trim(), reason: form.elements.reason.value.trim() },
        key,
      ),
  });
  if (done) {
    toast("已登记退款");
    changed();
  }
}

/** Records that a paid order's money was sent back as a whole. */
async function refundOrder({ order, enterprise }, changed) {
  const { holder, account } = order.remitting_account;
  const done = await ask({
    title: "整单退款？",
    content: [
      facts(
        ["退款金额", yuan(order.amount_fen), "big"],
        ["退回账户", `${holder}（${grouped(account)}）`],
        ["订单号", order.number, "mono"],
        ["企业", enterprise?.name],
      ),
      h("p", { class: "warn" }, "登记后不能撤销：订单变为已退款，它的证书额度全部收回。请先在银行原路退回，再登记。"),
      field("退款的银行流水号", h("input", { name: "reference", required: true, maxlength: 64, autocomplete: "off" })),
      reasonField(reasons.order),
    ],
    action: "登记退款",
    submit: (form, key) =>
      call(
        "POST",
        `/v1/operator/orders/${order.id}/refund`,
        { reference: form.elements.reference.value.trim(), reason: form.elements.reason.value.trim() },
        key,
      ),
  });
  if (done) {
    toast(`已登记退款：订单 ${order.number} 已退款，证书额度已收回`);
    changed();
  }
}

async function give(arrival, changed) {
  const number = h("input", { name: "order", required: true, autocomplete: "off", placeholder: "GJ…" });
  const done = await ask({
    title: "归入订单",
    content: [
      h("p", { class: "soft" }, "系统会再次核对金额和付款账户。"),
      finder((order) => {
        number.value = order.number;
      }),
      field("订单号", number),
    ],
    action: "归入",
    submit: (form, key) =>
      call(
        "POST",
        `/v1/operator/arrivals/${encodeURIComponent(arrival.notice.notice_number)}/match`,
        { order_number: form.elements.order.value.trim() },
        key,
      ),
  });
  if (done) {
    toast("已归入订单");
    changed();
  }
}

/** Finds orders by number, account or enterprise. */
function finder(choose) {
  const found = h("div", {});
  const input = h("input", {
    type: "search",
    placeholder: "按企业名称、订单号或收款账号查找订单",
    autocomplete: "off",
    "aria-label": "查找订单",
  });
  let last = 0;
  const look = async () => {
    const turn = ++last;
    const text = input.value.trim();
    if (text.length < 2) return found.replaceChildren();
    const orders = await call("GET", `/v1/operator/orders?q=${encodeURIComponent(text)}`).catch(() => []);
    if (turn !== last) return undefined;
    const choices = orders.map((order) =>
      h(
        "li",
        {},
        h(
          "button",
          {
            type: "button",
            onclick: () => {
              choose(order);
              found.replaceChildren();
            },
          },
          `${order.number} · ${yuan(order.amount_fen)} · ${named(payments, order.payment.state)} · ${order.enterprise.name}`,
        ),
      ),
    );
    return found.replaceChildren(
      choices.length ? h("ul", { class: "found" }, choices) : h("p", { class: "soft" }, "没有找到订单。"),
    );
  };
  input.addEventListener("input", look);
  return h("div", {}, field("查找订单", input), found);
}

/** The form for a notice of the bank. */
export async function enterNotice(changed) {
  const input = (name, more = {}) => h("input", { name, required: true, autocomplete: "off", ...more });
  const inputs = {
    receiving: input("receiving"),
    amount: input("amount", { inputmode: "decimal", pattern: "[0-9]+(\\.[0-9]{1,2})?", title: "金额，最多两位小数" }),
    payer: input("payer"),
    account: input("account"),
    number: input("number", { maxlength: 64 }),
    at: input("at", { type: "datetime-local" }),
  };
  const now = new Date();
  inputs.at.value = new Date(now.getTime() - now.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
  const fill = (order) => {
    inputs.receiving.value = order.receiving.account;
    inputs.amount.value = (order.amount_fen / 100).toFixed(2);
    inputs.payer.value = order.remitting_account.holder;
    inputs.account.value = order.remitting_account.account;
    inputs.number.focus();
  };
  let outcome;
  const done = await ask({
    title: "登记银行来款",
    content: [
      finder(fill),
      field("收款账号", inputs.receiving),
      h("div", { class: "pair" }, field("金额（元）", inputs.amount), field("入账时间", inputs.at)),
      h("div", { class: "pair" }, field("付款户名", inputs.payer), field("付款账号", inputs.account)),
      field("银行流水号", inputs.number),
    ],
    action: "登记",
    submit: async (_form, key) => {
      const [whole, part = ""] = inputs.amount.value.split(".");
      outcome = await call(
        "POST",
        "/v1/operator/bank-notices",
        {
          notice_number: inputs.number.value.trim(),
          receiving_account: inputs.receiving.value.replaceAll(" ", ""),
          amount_fen: Number(whole) * 100 + Number(part.padEnd(2, "0")),
          payer_name: inputs.payer.value.trim(),
          payer_account: inputs.account.value.replaceAll(" ", ""),
          at: new Date(inputs.at.value).toISOString(),
        },
        key,
      );
    },
  });
  if (!done) return;
  toast(outcome.state === "credited" ? "已入账，订单已交款" : `已登记：${named(arrivals, outcome.state)}`);
  changed();
}
