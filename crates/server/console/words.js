// The console's words: names of states and kinds, reasons that are given often, what a refusal means.

export const kinds = {
  authorisation: "CA 授权",
  seal: "签章图片",
  payment: "付款",
  invoice: "发票",
  audit: "操作记录",
};

export const ways = { face: "法人人脸识别", letter: "上传授权文件" };

export const sealKinds = {
  company: "公章",
  bid_purpose: "投标专用章",
  contract_purpose: "合同专用章",
  finance_purpose: "财务专用章",
  invoice: "发票专用章",
  legal_representative: "法定代表人章",
  personal_name: "姓名章",
  handwritten: "手写签名",
};

export const origins = { automatic: "自动生成", hand_drawn: "手绘", uploaded: "上传图片" };

export const arrivals = {
  credited: "已入账",
  wrong_amount: "金额不符",
  wrong_payer: "付款账户不符",
  unknown_account: "找不到订单",
  surplus: "多付，待退",
  order_closed: "订单已关闭，待退",
  refunded: "已退回",
};

export const payments = {
  unpaid: "未交款",
  paid: "已交款",
  wrong_amount: "金额不符",
  wrong_payer: "付款账户不符",
  closed: "已关闭",
  refunded: "已退款",
};

export const invoiceKinds = { vat_electronic: "增值税电子普通发票", fully_digital: "数电票（普通发票）" };

export const events = {
  submitted: "提交",
  approved: "通过",
  rejected: "退回",
  order_placed: "下单",
  order_changed: "修改订单",
  order_cancelled: "取消订单",
};

/** What the state of a review is called. */
export const states = { waiting: "等待企业", in_review: "待审核", approved: "已通过", rejected: "已退回" };

/** Reasons given often; a click puts one into the field, where it can be changed. */
export const reasons = {
  authorisation: [
    "授权书未加盖公章，请盖章后重新上传。",
    "公章不清晰，请重新拍照或扫描后上传。",
    "缺少法定代表人签字或盖章，请补签后重新上传。",
    "授权书上的单位名称与企业登记信息不一致，请核对后重新上传。",
    "文件不完整或无法打开，请重新上传。",
  ],
  seal: [
    "图片中的文字与证书主体不一致，请使用与证书主体一致的印章。",
    "图片模糊或有缺损，请重新拍摄后上传。",
    "图片中有印章以外的内容，请裁剪后重新上传。",
    "印章类型与所选类型不符，请重新选择类型。",
    "图片疑似从其他文件中截取，请对着印章原件拍摄。",
  ],
  invoice: ["开票抬头与付款单位不一致，请修改开票信息后重新申请。", "纳税人识别号有误，请修改后重新申请。"],
  refund: [
    "金额不符，原路退回。",
    "付款账户不是订单登记的账户，原路退回。",
    "重复付款，原路退回。",
    "订单已关闭，原路退回。",
  ],
  order: ["企业申请取消订单，原路退回。", "重复购买，原路退回。", "套餐或数量有误，退回后由企业重新下单。"],
};

const refusals = {
  wrong_password: "账号或密码不正确。",
  rate_limited: "尝试次数过多，请稍后再试。",
  not_allowed: "此账号不是平台审核员。",
  not_found: "没有找到，可能已被其他审核员处理。",
  conflict: "状态已变化，可能已被其他审核员处理。请刷新后再看。",
  field_invalid: "填写的内容不正确，请检查后再提交。",
  internal: "平台出错，没有做任何更改。请稍后再试。",
  malformed: "填写的内容不正确，请检查后再提交。",
};

/** Why a state does not allow it, where there is more to say than that it changed. */
const conflicts = {
  entitlements_used: ({ used }) => `有 ${used} 个证书额度已分配或已使用，不能整单退款。`,
  invoiced: () => "已申请或已开具发票，不能退款。还没有开具的，请先在「发票」中退回申请。",
};

/** A refusal in words; unknown codes show as such. */
export function refusal(code, params = {}) {
  if (code === "conflict" && conflicts[params.state]) return conflicts[params.state](params);
  return refusals[code] ?? `平台拒绝了这次操作（${code}）。`;
}

/** A word of a table, or the unknown word itself. */
export function named(table, word) {
  return table[word] ?? `未知（${word}）`;
}
