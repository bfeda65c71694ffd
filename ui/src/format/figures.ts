// Money, account numbers, sizes and counts as people write them.

/** `30000` fen → `300.00`; thousands are separated. */
export function yuan(fen: number): string {
  const sign = fen < 0 ? "-" : "";
  const whole = Math.abs(Math.trunc(fen));
  const text = Math.floor(whole / 100)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ",");
  return `${sign}${text}.${(whole % 100).toString().padStart(2, "0")}`;
}

/** The amount as a bank form takes it: no separators. */
export function plainYuan(fen: number): string {
  return yuan(fen).replaceAll(",", "");
}

/** An account number in groups of four; what is not a digit string stays as it is. */
export function groupedAccount(account: string): string {
  const digits = account.replace(/\s+/g, "");
  if (!/^\d{9,}$/.test(digits)) return account;
  return digits.replace(/(\d{4})(?=\d)/g, "$1 ");
}

/** The end of an account number: `···· 4471`. */
export function accountTail(account: string): string {
  return `···· ${account.replace(/\s+/g, "").slice(-4)}`;
}

/** Bytes as `48.2 MB`. */
export function fileSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const units = ["KB", "MB", "GB"];
  let value = bytes / 1024;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value.toFixed(1)} ${units[unit]}`;
}

/** A whole number with thousands separated: `2,146`. */
export function count(value: number): string {
  return Math.trunc(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ",");
}

/** Millimetres with one decimal: `128.5`. */
export function millimetres(value: number): string {
  return (Math.round(value * 10) / 10).toFixed(1);
}

/** A hexadecimal fingerprint in groups of four. */
export function groupedHex(hex: string): string {
  return hex.replace(/(.{4})(?=.)/g, "$1 ");
}
