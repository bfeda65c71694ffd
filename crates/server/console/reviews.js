// Authorisations, seals and invoices: what the reviewer looks at, and the decision.
import { ask, facts, fault, h, reasonField, toast, when, yuan } from "./page.js";
import { call, file } from "./session.js";
import { events, invoiceKinds, kinds, named, origins, reasons, sealKinds, states, ways } from "./words.js";

const letterTypes = { jpeg: "image/jpeg", png: "image/png", pdf: "application/pdf" };

/** What a row of the list says. */
export function row(review) {
  const parameters = review.title_params;
  const about = parameters.seal_name ?? parameters.order_number ?? review.enterprise.credit_code;
  const right = review.state === "in_review" ? undefined : named(states, review.state);
  return { title: review.enterprise.name, about, right, at: review.since };
}

/** Fetches and shows one review; `decided` is called after a decision. Gives the element and its actions. */
export async function detail(id, decided) {
  const review = await call("GET", `/v1/operator/reviews/${id}`);
  const { approval, enterprise } = review;
  const open = approval.state === "in_review";
  const approve = h(
    "button",
    { class: "main", disabled: true },
    review.detail.kind === "invoice" ? "开票" : "通过",
    h("kbd", {}, "A"),
  );
  const reject = h("button", {}, "退回", h("kbd", {}, "R"));
  const ready = () => {
    approve.disabled = false;
  };
  const body = parts(review, ready);
  approve.onclick = () => decide(review, true, decided);
  reject.onclick = () => decide(review, false, decided);
  const element = h(
    "div",
    { "data-review": approval.id },
    h("h2", {}, `${named(kinds, approval.kind)} · ${enterprise.name}`),
    !open &&
      h(
        "p",
        { class: approval.state === "approved" ? "good" : "warn" },
        named(states, approval.state),
        approval.reason ? `：${approval.reason}` : "",
      ),
    body,
    h("div", { class: "card" }, h("h3", {}, "经过"), history(approval)),
    open &&
      h(
        "div",
        { class: "bar" },
        approve,
        reject,
        h("span", { class: "soft" }, "退回时需要填写原因，企业可以修改后重新提交。"),
      ),
  );
  element.classList.add("detail");
  return { element, approve: () => open && !approve.disabled && approve.click(), reject: () => open && reject.click() };
}

function history(approval) {
  return h(
    "ul",
    { class: "line" },
    approval.events.map((event) =>
      h(
        "li",
        {},
        h("time", {}, when(event.at)),
        h(
          "span",
          {},
          named(events, event.code),
          event.params.way ? `（${named(ways, event.params.way)}）` : "",
          event.params.reason ? `：${event.params.reason}` : "",
        ),
      ),
    ),
  );
}

function parts(review, ready) {
  switch (review.detail.kind) {
    case "authorisation":
      return authorisation(review, ready);
    case "seal":
      return seal(review, ready);
    case "invoice":
      return invoice(review, ready);
    default:
      return null;
  }
}

function enterpriseCard(enterprise, title = "企业登记信息") {
  return h(
    "div",
    { class: "card" },
    h("h3", {}, title),
    facts(
      ["单位名称", enterprise.name, "big"],
      ["统一社会信用代码", enterprise.credit_code, "mono"],
      ["法定代表人", enterprise.legal_representative, "big"],
    ),
  );
}

function authorisation({ approval, enterprise, detail: shown }, ready) {
  const place = h("div", {}, h("p", { class: "soft" }, "正在打开授权书…"));
  const type = letterTypes[shown.letter_kind];
  if (shown.way === "letter" && type) letter(place, approval.subject_id, shown, type, ready);
  else place.replaceChildren(h("p", { class: "soft" }, "没有授权书。"));
  const about = h(
    "div",
    { class: "card" },
    h("h3", {}, "提交"),
    facts(["方式", named(ways, shown.way)], ["文件名", shown.letter_file_name]),
  );
  return h("div", { class: "two" }, place, h("div", { class: "stack" }, enterpriseCard(enterprise), about));
}

async function letter(place, subject, shown, type, ready) {
  try {
    const url = await file(`/v1/operator/authorisations/${subject}/letter`, type);
    const image = type.startsWith("image/");
    const show = image
      ? h("img", {
          class: "letter image",
          src: url,
          alt: "授权书",
          onload: ready,
          onerror: () => {
            show.replaceWith(h("p", { class: "warn" }, "图片已损坏，无法显示。"));
            ready();
          },
        })
      : h("iframe", { class: "letter", src: url, title: "授权书", onload: ready });
    const extension = type.split("/")[1];
    place.replaceChildren(
      show,
      h(
        "p",
        {},
        h("a", { href: url, download: `授权书.${extension}` }, "下载原件"),
        h("span", { class: "soft" }, " 无法显示时请下载查看。"),
      ),
    );
  } catch (error) {
    place.replaceChildren(fault(error, () => letter(place, subject, shown, type, ready)));
  }
}

function seal({ approval, enterprise, detail: shown }, ready) {
  const { seal: record, subject, holder } = shown;
  const place = h("div", { class: "picture" }, "正在打开图片…");
  picture(place, approval.subject_id, ready);
  const declared = record.declaration
    ? `已声明（第 ${record.declaration.version} 版，${when(record.declaration.at)}）`
    : "无需声明";
  const side = h(
    "div",
    { class: "stack" },
    h(
      "div",
      { class: "card" },
      h("h3", {}, "证书主体（请与图中文字逐字核对）"),
      facts(
        ["持有单位", subject?.organization ?? enterprise.name, "big"],
        subject && ["证书名称", subject.common_name, "big"],
        ["统一社会信用代码", subject?.organization_identifier ?? enterprise.credit_code, "mono"],
        ["证书类型", shown.certificate_kind === "enterprise" ? "企业证书" : "个人证书"],
        ["持有人", holder ? `${holder.name}（${holder.account}）` : "—"],
      ),
    ),
    h(
      "div",
      { class: "card" },
      h("h3", {}, "签章图片"),
      facts(
        ["名称", record.name],
        ["类型", named(sealKinds, record.kind)],
        ["来源", named(origins, record.origin)],
        ["真实尺寸", `${record.width_mm} × ${record.height_mm} 毫米`],
        ["声明", declared],
        record.replaces && ["替换", "通过后替换原有签章"],
      ),
    ),
  );
  return h("div", { class: "two" }, place, side);
}

async function picture(place, subject, ready) {
  try {
    const url = await file(`/v1/operator/seals/${subject}/picture`, "image/png");
    const image = h("img", {
      src: url,
      alt: "签章图片",
      onload: ready,
      onerror: () => {
        place.replaceChildren(h("p", {}, "图片已损坏，无法显示。请退回。"));
      },
    });
    place.replaceChildren(image);
  } catch (error) {
    place.replaceChildren(fault(error, () => picture(place, subject, ready)));
  }
}

function invoice({ enterprise, detail: { invoice: shown } }, ready) {
  if (!shown) return h("p", { class: "soft" }, "申请已撤销。");
  ready();
  return h(
    "div",
    { class: "two" },
    h(
      "div",
      { class: "card" },
      h("h3", {}, "发票"),
      facts(
        ["种类", named(invoiceKinds, shown.kind)],
        ["购买方名称", shown.title_name, "big"],
        ["纳税人识别号", shown.tax_number, "mono"],
        ["不含税额", yuan(shown.net_fen)],
        ["税额", yuan(shown.tax_fen)],
        ["价税合计", yuan(shown.net_fen + shown.tax_fen), "big"],
        shown.number && ["发票号码", shown.number, "mono"],
        shown.issued_at && ["开票时间", when(shown.issued_at)],
      ),
    ),
    h(
      "div",
      { class: "stack" },
      h(
        "div",
        { class: "card" },
        h("h3", {}, "付款"),
        facts(
          ["订单号", shown.order_number, "mono"],
          ["转出账户名", shown.payer_name],
          ["转出账号", shown.payer_account, "mono"],
          ["转账时间", when(shown.transferred_at)],
        ),
      ),
      enterpriseCard(enterprise),
    ),
  );
}

async function decide(review, approve, decided) {
  const { approval, enterprise } = review;
  const what = `${named(kinds, approval.kind)} · ${enterprise.name}`;
  const effects = {
    authorisation: "通过后企业即可购买证书。",
    seal: "通过后即可用于正式签章。",
    invoice: "开具后不能撤销。",
  };
  const content = approve
    ? h("p", {}, what, h("br"), h("span", { class: "soft" }, effects[approval.kind]))
    : h("div", {}, h("p", { class: "soft" }, what), reasonField(reasons[approval.kind] ?? []));
  const done = await ask({
    title: approve ? (approval.kind === "invoice" ? "开具发票？" : "通过？") : "退回",
    content,
    action: approve ? (approval.kind === "invoice" ? "开票" : "通过") : "退回",
    submit: (form, key) =>
      call(
        "POST",
        `/v1/operator/approvals/${approval.id}/decision`,
        { approve, reason: approve ? null : form.elements.reason.value.trim() },
        key,
      ),
  });
  if (!done) return;
  toast(approve ? `已通过：${what}` : `已退回：${what}`);
  decided();
}
