// Every key of the query cache, and which keys a topic of the core makes stale.
import type {
  AutomaticSealInput,
  OrderQuery,
  PhotoCleanInput,
  SealDraftInput,
  SigningPlanInput,
  Topic,
} from "../bindings";

/** Keys of the query cache. The first word is the topic's own. */
export const keys = {
  session: ["session"] as const,
  home: ["home"] as const,
  authorisation: ["authorisation"] as const,
  billing: ["billing"] as const,
  packages: ["packages"] as const,
  orders: ["orders"] as const,
  orderPages: (query: Omit<OrderQuery, "offset" | "limit">) => ["orders", "pages", query] as const,
  order: (id: string) => ["orders", "one", id] as const,
  invoices: ["invoices"] as const,
  certificates: ["certificates"] as const,
  certificateList: ["certificates", "list"] as const,
  certificate: (id: string) => ["certificates", "one", id] as const,
  employees: ["certificates", "employees"] as const,
  seals: ["seals"] as const,
  sealList: ["seals", "list"] as const,
  sealNotice: ["seals", "notice"] as const,
  sealPreview: (input: AutomaticSealInput) => ["seals", "preview", input] as const,
  sealDeclaration: ["seal-declaration"] as const,
  sealPhoto: (id: string) => ["seal-photos", "one", id] as const,
  cleanedPhoto: (input: PhotoCleanInput) => ["seal-photos", "clean", input] as const,
  sealDraft: (input: SealDraftInput) => ["seal-drafts", input] as const,
  documents: ["documents"] as const,
  documentList: ["documents", "list"] as const,
  document: (id: string) => ["documents", "one", id] as const,
  everyCheck: ["documents", "checks"] as const,
  everyPreview: ["documents", "preview"] as const,
  checks: (plan: SigningPlanInput) => ["documents", "checks", plan] as const,
  planPreview: (plan: SigningPlanInput, names: string[]) => ["documents", "preview", plan, names] as const,
  foundWord: (id: string, word: string, pages: string) => ["documents", "word", id, word, pages] as const,
  planTemplates: ["documents", "templates"] as const,
  verification: (id: string) => ["documents", "verification", id] as const,
  approvals: ["approvals"] as const,
  settings: ["settings"] as const,
  sync: ["sync"] as const,
};

/** The keys each topic makes stale; a key covers everything that begins with it. */
export const staleKeys: Record<Topic, ReadonlyArray<readonly unknown[]>> = {
  session: [keys.session],
  home: [keys.home],
  authorisation: [keys.authorisation],
  billing: [keys.billing],
  orders: [keys.orders],
  invoices: [keys.invoices],
  // What may be signed depends on certificates and seals: an open plan is looked at again.
  certificates: [keys.certificates, keys.everyCheck],
  seals: [keys.seals, keys.everyCheck, keys.everyPreview],
  documents: [keys.documents],
  approvals: [keys.approvals],
  settings: [keys.settings],
};
