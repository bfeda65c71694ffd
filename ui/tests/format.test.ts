// Money, accounts, counts and times as people write them.
import { describe, expect, test } from "vitest";
import {
  accountTail,
  count,
  fileSize,
  groupedAccount,
  groupedHex,
  millimetres,
  plainYuan,
  yuan,
} from "../src/format/figures";
import { clock, day, minute, partOfDay, secondsUntil } from "../src/format/time";

describe("figures", () => {
  test.each([
    [30000, "300.00"],
    [0, "0.00"],
    [5, "0.05"],
    [123456789, "1,234,567.89"],
    [-100, "-1.00"],
  ])("%i fen", (fen, text) => {
    expect(yuan(fen)).toBe(text);
  });
  test("a bank form takes no separators", () => expect(plainYuan(123456789)).toBe("1234567.89"));
  test.each([
    ["6230580126000036118", "6230 5801 2600 0036 118"],
    ["6230 5801 2600 0003", "6230 5801 2600 0003"],
    ["IBAN-X", "IBAN-X"],
    ["12345678", "12345678"],
  ])("account %s", (account, text) => {
    expect(groupedAccount(account)).toBe(text);
  });
  test("the end of an account", () => expect(accountTail("370758364471")).toBe("···· 4471"));
  test.each([
    [0, "0"],
    [999, "999"],
    [3000, "3,000"],
    [2146000, "2,146,000"],
  ])("count %i", (value, text) => expect(count(value)).toBe(text));
  test.each([
    [512, "512 B"],
    [50541363, "48.2 MB"],
    [1610612736, "1.5 GB"],
  ])("size %i", (bytes, text) => expect(fileSize(bytes)).toBe(text));
  test("millimetres and fingerprints", () => {
    expect(millimetres(128.46)).toBe("128.5");
    expect(groupedHex("9f2c00aa")).toBe("9f2c 00aa");
  });
});

describe("times", () => {
  test("local day and minute, and what is no time stays", () => {
    const local = new Date(2026, 10, 20, 16, 42);
    expect(day(local.toISOString())).toBe("2026-11-20");
    expect(minute(local.toISOString())).toBe("2026-11-20 16:42");
    expect(minute("soon")).toBe("soon");
  });
  test("a countdown never goes below zero", () => {
    const now = new Date("2026-11-22T08:00:00Z");
    expect(secondsUntil("2026-11-22T08:04:09Z", now)).toBe(249);
    expect(secondsUntil("2026-11-22T07:00:00Z", now)).toBe(0);
    expect(clock(249)).toBe("4:09");
  });
  test.each([
    [5, "morning"],
    [11, "morning"],
    [12, "afternoon"],
    [18, "evening"],
    [3, "evening"],
  ])("at %i o'clock", (hour, part) => {
    expect(partOfDay(new Date(2026, 10, 22, hour))).toBe(part);
  });
});
