// A stand-in for the shell, so that the screens can be looked at in a browser: `npm run preview-data`, then
// `?role=staff&scene=empty|offline|failed|long|…&theme=dark#/orders`. It answers with made-up data and plays no use case.
import type * as V from "../src/bindings";
import * as data from "./data";

const asked = new URLSearchParams(window.location.search);
const scene = asked.get("scene") ?? "";
const role: V.Role = asked.get("role") === "staff" ? "staff" : "administrator";
const wide = scene === "long";
const empty = scene === "empty";
const payment = (["paid", "wrong_amount", "wrong_payer", "closed"] as const).find((one) => one === scene) ?? "unpaid";
const authorisation: V.AuthorisationState =
  (["submitted", "rejected"] as const).find((one) => one === scene) ??
  (empty || scene === "face" ? "none" : "approved");

const session: V.SessionView = {
  account: scene === "signin" ? null : data.account(role, wide),
  platform_address: "http://127.0.0.1:4100",
  warnings: [{ code: "plain_device_secret", params: {} }],
  sandbox: {
    accounts: [
      { account: "wangmin", name: "王敏", role: "administrator", password: "ganjiang" },
      { account: "liuyang", name: "刘洋", role: "staff", password: "ganjiang" },
      { account: "zhangxiaotong", name: "张晓彤", role: "staff", password: "ganjiang" },
    ],
    auto_approve_seconds: null,
  },
};
const settings: V.SettingsView = {
  theme: asked.get("theme") === "dark" ? "dark" : asked.get("theme") === "light" ? "light" : "system",
  language: asked.get("language") === "en" ? "english" : "chinese",
  output_folder: "/home/wangmin/文档/干将签章",
  output_suffix: "-已签章",
  platform_address: null,
  timestamp_address: null,
  trusted_root_count: 1,
  sandbox: { auto_approve_seconds: 5 },
  lease_hours: 72,
  may_set_lease: true,
  version: "0.1.0",
  data_folder: "/home/wangmin/.local/share/ganjiang",
  device_secret: "plain_file",
};
const failure = (code: V.FailureCode, params: Record<string, string> = {}): V.FailureView => ({
  code,
  params,
  incident: "7F3A-21",
});
const authorisationView = (): V.AuthorisationView => ({
  state: authorisation,
  way: null,
  submitted_at: "2026-11-22T01:00:00Z",
  decided_at: "2026-11-22T01:30:00Z",
  reason: authorisation === "rejected" ? "授权书照片不清晰，看不清公章" : null,
  face:
    scene === "face"
      ? {
          id: "f1",
          url: "http://127.0.0.1:4100/phone/face/2bqk0f8s6v",
          qr_svg: data.svg,
          state: "waiting",
          expires_at: new Date(Date.now() + 290_000).toISOString(),
        }
      : null,
  letter_file_name: null,
});

const answers: Record<string, (args: Record<string, never>) => unknown> = {
  session_state: () => session,
  sign_in: () => {
    throw failure("wrong_password");
  },
  sign_out: () => ({ ...session, account: null }),
  sign_ins: (): V.SignInView[] => [
    {
      id: "s1",
      device_name: "投标一部-王敏的台式机 (Windows)",
      opened_at: "2026-11-20T01:00:00Z",
      last_used_at: new Date().toISOString(),
      current: true,
      this_device: true,
    },
    {
      id: "s2",
      device_name: "",
      opened_at: "2026-11-01T01:00:00Z",
      last_used_at: "2026-11-19T09:30:00Z",
      current: false,
      this_device: false,
    },
  ],
  settings: () => settings,
  trust_roots: () => [],
  reminders: () => [],
  save_settings: ({ input }: { input?: V.SettingsInput }) => Object.assign(settings, input),
  sync_now: (): V.SyncView =>
    scene === "offline"
      ? { state: "offline", at: "2026-11-22T01:00:00Z", failure: null, clock_ahead_minutes: null }
      : { state: "synced", at: new Date().toISOString(), failure: null, clock_ahead_minutes: null },
  home: () => data.home(role, empty, wide),
  authorisation: authorisationView,
  billing: (): V.BillingView =>
    empty
      ? { titles: [], accounts: [] }
      : {
          titles: [data.title(wide)],
          accounts: [data.remitting(wide), { ...data.remitting(wide), id: "r2", kind: "personal", holder: "王敏" }],
        },
  check_field: (): V.FieldCheckView => ({ ok: false, why: "check_digit" }),
  packages: (): V.PackageView[] => [
    {
      id: "k1",
      name: "数字证书套餐",
      price_fen: 30000,
      enterprise_certificates: 1,
      personal_certificates: 2,
      months: 12,
    },
  ],
  orders: ({ query }: { query?: V.OrderQuery }): V.OrderPageView =>
    empty || query?.text === "没有"
      ? { rows: [], total: 0 }
      : {
          total: 100000,
          rows: Array.from({ length: query?.limit ?? 100 }, (_, index) =>
            data.order(
              (["unpaid", "paid", "wrong_amount", "wrong_payer", "closed"] as const)[index % 5] ?? "paid",
              wide,
              (query?.offset ?? 0) + index,
            ),
          ),
        },
  order: () => data.order(payment, wide),
  invoices: () => (empty ? [] : data.invoices),
  certificates: () => (empty ? [] : data.certificates(wide)),
  certificate: (): V.CertificateDetailView => ({
    certificate: data.certificates(wide)[0] as V.CertificateView,
    plain: [
      { name: "owner", value: data.firm(wide) },
      { name: "credit_code", value: "91330106MA2CFUY66Q" },
      { name: "document_type", value: "business_licence" },
      { name: "holder", value: "王敏" },
      { name: "valid_to", value: "2027-05-12T00:00:00Z" },
    ],
    fields: [
      { name: "subject", value: "C=CN, O=杭州云栖智能科技有限公司, organizationIdentifier=NTRCN-91330106MA2CFUY66Q" },
      { name: "signature_algorithm", value: "1.2.840.10045.4.3.2" },
      { name: "serial_number", value: "4f2109aa1c" },
      { name: "not_before", value: "Nov  2 17:29:08 2026 +00:00" },
      { name: "extension.key_usage", value: "critical\ndigitalSignature\nnonRepudiation" },
      { name: "extension.authority_info_access", value: "1.3.6.1.5.5.7.48.1 http://127.0.0.1:4100/pki/ocsp" },
      { name: "1.3.6.1.4.1.99999.1", value: "0500" },
    ],
    fingerprint_sha256: "9f2c".repeat(16),
    serial: "4f2109aa1c",
    history: [
      {
        at: "2026-11-20T08:42:00Z",
        code: "assigned",
        params: { owner_name: "杭州云栖智能科技有限公司", holder_name: "王敏" },
      },
      { at: "2026-11-21T08:42:00Z", code: "revoked", params: { serial: "4f21", reason: "superseded" } },
    ],
  }),
  employees: () => data.employees,
  import_certificate: () => {
    throw failure("pin_weak", { why: "sequential" });
  },
  seal_notice: (): V.SealNoticeView => ({
    version: 1,
    paragraphs: [
      "签章图片是您在电子文件上表示确认的图样，与数字证书绑定使用。",
      "请确认图片与您在公安机关备案的印章一致；由此产生的责任由使用人承担。",
      "自动生成的印章按证书所载名称绘制，即时生效。",
    ],
    agreed_at: empty ? null : "2026-11-20T08:42:00Z",
  }),
  seals: () => (empty ? [] : data.seals()),
  seal_photo: (): V.SealPhotoView => ({
    id: "p1",
    file_name: "公章照片.jpg",
    width: 4000,
    height: 3000,
    refusal: scene === "refused" ? failure("photo_heic") : null,
  }),
  clean_seal_photo: (): V.CleanedPhotoView => {
    if (scene === "failed") throw failure("photo_no_mark");
    return {
      mark: "seal",
      shape: "round",
      place: { x: 1500, y: 900, width: 950, height: 950 },
      angle_degrees: -4.2,
      width_mm: 40,
      height_mm: 40,
      dpi: wide ? 214 : 603,
      ink: "#c3161c",
      warnings: wide ? ["low_resolution", "turn_unsure", "faint"] : [],
      picture: "seal/s1",
      overlay: "seal/s1",
    };
  },
  seal_declaration: (): V.SealDeclarationView => ({
    version: 1,
    paragraphs: [
      "图片中的印章是本单位的印章，签名是本人的亲笔签名。",
      "没有从他人的文件中截取、仿制他人的印章或签名。",
    ],
  }),
  preview_handwriting: (): V.SealPreviewView => ({
    svg: data.svg,
    width_mm: 45,
    height_mm: 18,
    text: "",
    fallback_characters: "",
  }),
  preview_automatic_seal: (): V.SealPreviewView => ({
    svg: data.svg,
    width_mm: 40,
    height_mm: 40,
    text: data.firm(wide),
    fallback_characters: "",
  }),
  preview_draft_seal: (): V.SealPreviewView => ({
    svg: data.svg,
    width_mm: 40,
    height_mm: 40,
    text: data.firm(wide),
    fallback_characters: wide ? "喆" : "",
  }),
  documents: () => (empty ? [] : [data.document(326)]),
  document: () =>
    scene === "refused" ? { ...data.document(12), refusal: failure("pdf_encrypted") } : data.document(3000),
  preview_plan: (): V.PlanPreviewView => ({ boxes: [], items: [], findings: [], as_widgets: false }),
  find_word: (): V.FoundView => ({ hits: [], pages_without_text: [], truncated: false }),
  plan_templates: (): V.PlanTemplateView[] => [],
  check_signing: (): V.CheckView[] => [
    { code: "certificate_valid", level: "ok", params: {} },
    { code: "pin_state", level: "warning", params: { left: "3" } },
    { code: "marks_on_page", level: "ok", params: {} },
    { code: "output_name", level: "ok", params: { name: "投标文件-商务部分-已签章.pdf" } },
  ],
  sign_document: (): V.SignedView => {
    if (scene === "wrongpin") throw failure("pin_wrong", { left: "2" });
    return {
      document: data.document(326),
      output_name: "投标文件-商务部分-已签章.pdf",
      folder: "/home/wangmin/投标/2026-神东",
      saved_id: "z",
      sha256: "9f2c".repeat(16),
      marks: 4,
      verification: data.verification("valid"),
    };
  },
  verify_document: () =>
    data.verification(scene === "invalid" ? "invalid" : scene === "unsigned" ? "unsigned" : "valid"),
  approvals: () => (empty ? [] : data.approvals),
  seal_log_here: (): V.SealLogHereView => {
    const rows = empty ? [] : data.sealLog;
    const changed = scene === "invalid" ? 2 : null;
    return {
      rows,
      next: null,
      total: rows.length,
      count: rows.length,
      waiting: empty ? 0 : 1,
      broken_from: changed,
      seams: scene === "invalid" ? [{ from: 3, there: 5 }] : [],
      failure: null,
    };
  },
  seal_log_there: (): V.SealLogPageView => ({ rows: empty ? [] : data.sealLog.slice(1), next: null }),
  seal_log_doubts: (): V.SealLogDoubtView[] => [],
};

const callbacks = new Map<number, (payload: unknown) => void>();
let nextId = 1;
const quiet = new Set(["session_state", "settings", "sync_now"]);
const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

Object.assign(window, {
  __TAURI_EVENT_PLUGIN_INTERNALS__: { unregisterListener: () => undefined },
  __TAURI_INTERNALS__: {
    metadata: { currentWindow: { label: "main" }, currentWebview: { label: "main" } },
    transformCallback: (callback: (payload: unknown) => void) => {
      nextId += 1;
      callbacks.set(nextId, callback);
      return nextId;
    },
    unregisterCallback: (id: number) => callbacks.delete(id),
    convertFileSrc: (path: string) => `/picture/${path}`,
    invoke: async (command: string, args: Record<string, never> = {}) => {
      if (command.startsWith("plugin:")) return 0;
      await later(command === "sign_document" ? 400 : 15);
      if (scene === "loading" && !quiet.has(command)) await later(600_000);
      if (scene === "failed" && !quiet.has(command)) throw failure("platform_timeout");
      const answer = answers[command];
      if (!answer) throw failure("internal");
      return answer(args);
    },
  },
});
