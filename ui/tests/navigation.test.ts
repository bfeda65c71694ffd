// Who sees which places, and which topics refresh which answers.
import { expect, test } from "vitest";
import type { Topic } from "../src/bindings";
import { keys, staleKeys } from "../src/bridge/keys";
import { entries, entriesFor, mayOpen } from "../src/frame/navigation";

test("staff see fewer entries, administrators all", () => {
  expect(entriesFor("administrator")).toHaveLength(entries.length);
  expect(entriesFor("staff").map((entry) => entry.place)).toEqual([
    "home",
    "desk",
    "verify",
    "scan",
    "sealLog",
    "certificates",
    "seals",
    "approvals",
    "settings",
  ]);
});

test("an address typed by hand opens only what the role may use", () => {
  for (const path of ["/orders", "/orders/o1", "/purchase", "/billing", "/invoices", "/authorisation"]) {
    expect(mayOpen("staff", path), path).toBe(false);
    expect(mayOpen("administrator", path), path).toBe(true);
  }
  for (const path of ["/", "/desk", "/desk/d1", "/verify/d1", "/settings"])
    expect(mayOpen("staff", path), path).toBe(true);
  expect(mayOpen("administrator", "/nowhere")).toBe(false);
  expect(mayOpen("staff", "/deskother")).toBe(false);
});

test("nothing that does not work yet has an entry", () => {
  expect(entries.map((entry) => entry.path).filter((path) => /tender/.test(path))).toEqual([]);
});

test("every key of a topic begins with the key the topic makes stale", () => {
  const samples: Partial<Record<Topic, readonly unknown[]>> = {
    orders: keys.order("o"),
    certificates: keys.employees,
    seals: keys.sealNotice,
    documents: keys.verification("d"),
    seal_log: keys.sealLogDoubts,
  };
  for (const [topic, key] of Object.entries(samples) as [Topic, readonly unknown[]][])
    expect(
      staleKeys[topic].some((stale) => stale.every((part, index) => key[index] === part)),
      topic,
    ).toBe(true);
});
