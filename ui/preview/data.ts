// Made-up data for looking at the screens in a browser; never part of the built window.
import type * as V from "../src/bindings";

const long = "新疆维吾尔自治区塔城地区和布克赛尔蒙古自治县某某建设工程有限责任公司";
export const firm = (wide: boolean) => (wide ? long : "杭州云栖智能科技有限公司");

export const account = (role: V.Role, wide: boolean): V.AccountView => ({
  id: "a1",
  name: role === "staff" ? "刘洋" : "王敏",
  role,
  enterprise_name: firm(wide),
  enterprise_credit_code: "91330106MA2CFUY66Q",
  legal_representative: "李建国",
});
const wang: V.EmployeeView = { id: "a1", name: "王敏", account: "wangmin", role: "administrator" };
const liu: V.EmployeeView = { id: "a2", name: "刘洋", account: "liuyang", role: "staff" };
export const employees = [
  wang,
  liu,
  { id: "a3", name: "张晓彤", account: "zhangxiaotong", role: "staff" },
] satisfies V.EmployeeView[];

const bare = {
  owner_name: null,
  holder: null,
  bought_at: "2026-11-20T08:00:00Z",
  valid_from: null,
  valid_to: null,
  days_left: null,
  order_number: "DD20261120-0036",
  here: false,
  tries_left: null,
  has_seal: false,
  why_not: null,
  other_authority: false,
  token: null,
  actions: [] as V.CertificateActionView[],
};
const offers: V.CertificateActionView[] = [
  { action: "extend", why_not: "too_early", from: "2027-02-12T00:00:00Z" },
  { action: "reissue", why_not: null, from: null },
  { action: "change_pin", why_not: null, from: null },
  { action: "change_holder", why_not: null, from: null },
  { action: "export_key", why_not: null, from: null },
  { action: "export_certificate", why_not: null, from: null },
  { action: "calendar", why_not: null, from: null },
  { action: "revoke", why_not: null, from: null },
];
export const certificates = (wide: boolean): V.CertificateView[] => [
  {
    ...bare,
    id: "c1",
    kind: "enterprise",
    state: "active",
    owner_name: firm(wide),
    holder: wang,
    valid_from: "2026-05-12T00:00:00Z",
    valid_to: "2027-05-12T00:00:00Z",
    days_left: 171,
    next: "sign",
    here: true,
    tries_left: 5,
    has_seal: true,
    actions: offers,
  },
  {
    ...bare,
    id: "c2",
    kind: "personal",
    state: "expiring",
    owner_name: "李建国",
    holder: wang,
    valid_from: "2025-12-22T00:00:00Z",
    valid_to: "2026-12-22T00:00:00Z",
    days_left: 30,
    next: "make_seal",
    here: true,
    tries_left: 3,
  },
  { ...bare, id: "c3", kind: "personal", state: "pending_import", owner_name: "张晓彤", holder: wang, next: "import" },
  {
    ...bare,
    id: "c4",
    kind: "personal",
    state: "pending_import",
    owner_name: "刘洋",
    holder: liu,
    next: "wait_for_holder",
  },
  { ...bare, id: "c5", kind: "personal", state: "unassigned", next: "assign" },
  { ...bare, id: "c6", kind: "enterprise", state: "unassigned", next: "assign" },
  {
    ...bare,
    id: "c7",
    kind: "personal",
    state: "revoked",
    owner_name: "陈默",
    holder: liu,
    valid_to: "2027-01-08T00:00:00Z",
    next: "none",
    why_not: "revoked",
  },
];

export const title = (wide: boolean): V.BillingTitleView => ({
  id: "t1",
  name: firm(wide),
  tax_number: "91330106MA2CFUY66Q",
  address: "浙江省杭州市西湖区文三路 90 号东部软件园 1 号楼",
  phone: "0571-88886666",
  bank: "中国银行杭州分行",
  account: "370758364471",
});
export const remitting = (wide: boolean): V.RemittingAccountView => ({
  id: "r1",
  kind: "company",
  holder: firm(wide),
  bank: "中国银行杭州分行",
  account: "370758364471",
});

export const order = (state: V.PaymentState, wide: boolean, index = 36): V.OrderView => ({
  id: `o${index}`,
  number: `DD20261120-${String(index).padStart(4, "0")}`,
  package_name: "数字证书套餐（企业 1 + 个人 2，一年）",
  quantity: 1,
  amount_fen: 30000,
  placed_at: "2026-11-20T08:42:00Z",
  receiving: {
    bank: "平安银行北京分行营业部",
    holder: "干将供应链科技有限公司（平台收款专户）",
    account: "6230580126000036118",
  },
  payment_state: state,
  arrived:
    state === "paid" || state === "wrong_amount" || state === "wrong_payer"
      ? {
          amount_fen: state === "wrong_amount" ? 29900 : 30000,
          payer_name: state === "wrong_payer" ? "上海某某贸易有限公司" : firm(wide),
          payer_account: "370758364471",
          at: "2026-11-21T02:11:00Z",
        }
      : null,
  invoice_state: state === "paid" ? "requested" : "not_issued",
  title: title(wide),
  remitting_account: remitting(wide),
  can_edit: state === "unpaid",
  can_cancel: state === "unpaid",
  can_request_invoice: state === "paid",
});

export const home = (role: V.Role, empty: boolean, wide: boolean): V.HomeView => ({
  account_name: "王敏",
  authorised: !empty,
  certificates: empty ? [] : certificates(wide).slice(0, 3),
  counts: empty
    ? {
        unpaid_orders: 0,
        certificates_to_import: 0,
        certificates_expiring: 0,
        invoices: 0,
        approvals_in_review: 0,
        unassigned: 0,
      }
    : {
        unpaid_orders: 1,
        certificates_to_import: 1,
        certificates_expiring: 1,
        invoices: 2,
        approvals_in_review: 1,
        unassigned: 2,
      },
  todos: empty
    ? role === "administrator"
      ? [{ kind: "authorise", subject_id: null, params: {} }]
      : []
    : [
        { kind: "certificate_expiring", subject_id: "c2", params: { name: "李建国", days: "30" } },
        { kind: "import_certificate", subject_id: "c3", params: { name: wide ? long : "张晓彤" } },
        { kind: "unpaid_order", subject_id: "o36", params: { number: "DD20261120-0036", amount_fen: "30000" } },
      ],
});

const ring =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><circle cx="20" cy="20" r="19" fill="none" stroke="#c3161c" stroke-width="1.2"/><path fill="#c3161c" d="M20 12l1.9 5.6h6l-4.8 3.5 1.8 5.7-4.9-3.5-4.9 3.5 1.8-5.7-4.8-3.5h6z"/><text x="20" y="33" font-size="4" text-anchor="middle" fill="#c3161c">投标专用章</text></svg>';
export const svg = ring;
export const seals = (): V.SealView[] => [
  {
    id: "s1",
    name: "投标专用章",
    kind: "bid_purpose",
    origin: "automatic",
    state: "approved",
    reason: null,
    declared_at: null,
    declaration_version: null,
    ended_at: null,
    replaced_by: null,
    certificate_id: "c1",
    width_mm: 40,
    height_mm: 40,
    picture: "seal/s1",
    created_at: "2026-11-20T08:42:00Z",
  },
  {
    id: "s2",
    name: "李建国印",
    kind: "personal_name",
    origin: "automatic",
    state: "replaced",
    reason: null,
    declared_at: null,
    declaration_version: null,
    ended_at: "2026-11-21T08:42:00Z",
    replaced_by: null,
    certificate_id: "c2",
    width_mm: 18,
    height_mm: 18,
    picture: "seal/s2",
    created_at: "2026-11-20T08:42:00Z",
  },
];

export const document = (pages: number): V.DocumentView => ({
  id: "d1",
  name: "投标文件-商务部分.pdf",
  folder: "/home/wangmin/投标/2026-神东",
  size_bytes: 50541363,
  page_count: pages,
  pages: Array.from({ length: pages }, (_, index) =>
    index === 2 ? { width_mm: 297, height_mm: 210 } : { width_mm: 210, height_mm: 297 },
  ),
  signature_count: 0,
  needs_password: false,
  is_encrypted: false,
  can_repair: false,
  refusal: null,
});

export const signature: V.SignatureView = {
  field: "Signature1",
  signer: firm(false),
  verdict: "valid",
  intact: true,
  coverage: "whole_file",
  changes_after: "none",
  revocation: "unknown",
  trust: "trusted",
  time_source: "claimed",
  time: "2026-11-22T08:00:00Z",
  level: "B-B",
  algorithm: "ECDSA P-256 / SHA-256",
  reasons: ["revocation_not_checked"],
  certificate: [
    { name: "owner", value: firm(false) },
    { name: "valid_to", value: "2027-05-12T00:00:00Z" },
  ],
  reason_text: "投标",
  marks: [],
  changes: [],
  is_document_timestamp: false,
  has_revision: true,
};
export const verification = (verdict: V.Verdict): V.VerificationView => ({
  document_id: "d1",
  file_name: "投标文件-商务部分-已签章.pdf",
  verdict,
  reasons: [],
  checked_at: "2026-11-22T08:00:10Z",
  signatures:
    verdict === "unsigned"
      ? []
      : verdict === "invalid"
        ? [
            {
              ...signature,
              verdict,
              intact: false,
              changes_after: "forbidden",
              reasons: ["document_changed", "forbidden_changes"],
            },
            {
              ...signature,
              field: "Signature2",
              verdict: "indeterminate",
              intact: null,
              trust: "untrusted",
              reasons: ["unsupported_algorithm", "untrusted_issuer"],
            },
          ]
        : [signature],
});

export const sealLog: V.SealLogRowView[] = Array.from({ length: 24 }, (_, index) => ({
  id: `log:${index}`,
  at: `2026-11-${String(22 - (index % 20)).padStart(2, "0")}T0${index % 9}:12:00Z`,
  kind: index % 7 === 3 ? "scan_digest" : "document",
  file_name:
    index % 5 === 0 ? "杭州市城市轨道交通四期工程机电设备采购与安装项目投标文件-已签章.pdf" : `附件${index}-已签章.pdf`,
  sha256: "9f2c".repeat(16),
  marks: index % 7 === 3 ? 0 : index,
  owner_name: index % 3 === 0 ? "刘洋" : "杭州云栖智能科技有限公司",
  serial: "5f0c2a9be1774d0fb3a1c46d9e8f7a21",
  seals: index % 7 === 3 ? [] : ["公司公章", "投标专用章"],
  person: "刘洋",
  device_name: null,
  position: 24 - index,
  hash: "3b1f".repeat(16),
  state: index === 0 ? "waiting" : "handed_in",
  handed_in_at: null,
}));

export const approvals: V.ApprovalView[] = [
  {
    id: "p1",
    kind: "authorisation",
    subject_id: "x",
    title_params: { enterprise_name: "杭州云栖智能科技有限公司" },
    state: "in_review",
    next_actor: "platform",
    since: "2026-11-22T01:00:00Z",
    reason: null,
    events: [{ at: "2026-11-22T01:00:00Z", code: "submitted", params: {} }],
  },
  {
    id: "p2",
    kind: "authorisation",
    subject_id: "x",
    title_params: {},
    state: "rejected",
    next_actor: "you",
    since: "2026-11-21T01:00:00Z",
    reason: "授权书照片不清晰，看不清公章",
    events: [
      { at: "2026-11-20T01:00:00Z", code: "submitted", params: {} },
      { at: "2026-11-21T01:00:00Z", code: "rejected", params: { reason: "授权书照片不清晰，看不清公章" } },
    ],
  },
  {
    id: "p3",
    kind: "payment",
    subject_id: "o36",
    title_params: { order_number: "DD20261120-0036", amount_fen: "30000" },
    state: "waiting",
    next_actor: "you",
    since: "2026-11-20T08:42:00Z",
    reason: null,
    events: [
      { at: "2026-11-20T08:42:00Z", code: "order_placed", params: { amount_fen: "30000" } },
      { at: "2026-11-20T09:42:00Z", code: "wrong_amount_arrived", params: { amount_fen: "29900" } },
      { at: "2026-11-20T09:43:00Z", code: "from_a_newer_platform", params: {} },
    ],
  },
];

export const invoices: V.InvoiceView[] = [
  {
    id: "i1",
    order_id: "o36",
    order_number: "DD20261120-0036",
    state: "issued",
    kind: "fully_digital",
    code: null,
    number: "26332000000012345678",
    issued_at: "2026-11-22T01:00:00Z",
    net_fen: 28302,
    tax_fen: 1698,
    title_name: firm(false),
    payer_name: firm(false),
    payer_account: "370758364471",
    transferred_at: "2026-11-21T02:11:00Z",
    link: "http://127.0.0.1:9/i1",
    link_qr_svg: svg,
  },
  {
    id: "i2",
    order_id: "o35",
    order_number: "DD20261120-0035",
    state: "requested",
    kind: "fully_digital",
    code: null,
    number: null,
    issued_at: null,
    net_fen: 28302,
    tax_fen: 1698,
    title_name: firm(true),
    payer_name: null,
    payer_account: null,
    transferred_at: null,
    link: null,
    link_qr_svg: null,
  },
];
