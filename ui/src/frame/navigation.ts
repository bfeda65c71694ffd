// Which places there are, in which group, and who may go there.
import type { HomeCounts, Role } from "../bindings";

/** Names of the places; also the keys of their words. */
export type Place =
  | "home"
  | "desk"
  | "verify"
  | "scan"
  | "sealLog"
  | "certificates"
  | "seals"
  | "approvals"
  | "authorisation"
  | "purchase"
  | "orders"
  | "invoices"
  | "billing"
  | "settings";

/** Groups of the navigation, in order; `top` and `bottom` have no heading. */
export type Group = "top" | "sign" | "own" | "buy" | "bottom";

/** One entry of the navigation. */
export type Entry = {
  place: Place;
  path: string;
  group: Group;
  staff: boolean;
  count?: (counts: HomeCounts) => number;
};

/** Every entry, in the order shown. */
export const entries: readonly Entry[] = [
  { place: "home", path: "/", group: "top", staff: true },
  { place: "desk", path: "/desk", group: "sign", staff: true },
  { place: "verify", path: "/verify", group: "sign", staff: true },
  { place: "scan", path: "/scan", group: "sign", staff: true },
  { place: "sealLog", path: "/seal-log", group: "sign", staff: true },
  {
    place: "certificates",
    path: "/certificates",
    group: "own",
    staff: true,
    count: (c) => c.certificates_to_import + c.unassigned,
  },
  { place: "seals", path: "/seals", group: "own", staff: true },
  { place: "approvals", path: "/approvals", group: "own", staff: true, count: (c) => c.approvals_in_review },
  { place: "authorisation", path: "/authorisation", group: "own", staff: false },
  { place: "purchase", path: "/purchase", group: "buy", staff: false },
  { place: "orders", path: "/orders", group: "buy", staff: false, count: (c) => c.unpaid_orders },
  { place: "invoices", path: "/invoices", group: "buy", staff: false },
  { place: "billing", path: "/billing", group: "buy", staff: false },
  { place: "settings", path: "/settings", group: "bottom", staff: true },
];

/** The entries a role sees. Staff see fewer, not disabled ones. */
export function entriesFor(role: Role): Entry[] {
  return entries.filter((entry) => role === "administrator" || entry.staff);
}

/** Whether a role may open a path; sub-pages follow their entry. */
export function mayOpen(role: Role, path: string): boolean {
  const entry = entries.find((one) =>
    one.path === "/" ? path === "/" : path === one.path || path.startsWith(`${one.path}/`),
  );
  return entry !== undefined && (role === "administrator" || entry.staff);
}
