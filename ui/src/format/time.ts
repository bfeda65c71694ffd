// Dates and times in the reader's own zone.

const two = (value: number) => value.toString().padStart(2, "0");

/** RFC 3339 → `2026-11-20`; what is not a time stays as it is. */
export function day(time: string): string {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return time;
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** RFC 3339 → `2026-11-20 16:42`. */
export function minute(time: string): string {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return time;
  return `${day(time)} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** Whole seconds from `now` until `time`, never below zero. */
export function secondsUntil(time: string, now: Date): number {
  const at = new Date(time).getTime();
  if (Number.isNaN(at)) return 0;
  return Math.max(0, Math.ceil((at - now.getTime()) / 1000));
}

/** Seconds as `4:09`. */
export function clock(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${two(seconds % 60)}`;
}

/** Which greeting fits the hour. */
export function partOfDay(now: Date): "morning" | "afternoon" | "evening" {
  const hour = now.getHours();
  if (hour >= 5 && hour < 12) return "morning";
  return hour >= 12 && hour < 18 ? "afternoon" : "evening";
}
