// What the screens ask the core: one hook for each question.
import { keepPreviousData, QueryClient, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import {
  type AutomaticSealInput,
  type CheckView,
  commands,
  type HandwritingInput,
  type OrderQuery,
  type PhotoCleanInput,
  type SealDraftInput,
  type SealLogQuery,
  type SessionView,
  type SigningPlanInput,
  type SyncView,
} from "../bindings";
import { call } from "./failure";
import { keys } from "./keys";

/** Rows asked for at once in the order list. */
export const ORDER_PAGE_ROWS = 100;

/** A query cache that never asks again by itself: the core says what went stale. */
export function newQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: Number.POSITIVE_INFINITY,
        retry: false,
        refetchOnWindowFocus: false,
        networkMode: "always",
      },
      mutations: { retry: false, networkMode: "always", gcTime: 0 },
    },
  });
}

export const useSession = () =>
  useQuery<SessionView>({ queryKey: keys.session, queryFn: () => call(commands.sessionState()) });
export const useHome = () => useQuery({ queryKey: keys.home, queryFn: () => call(commands.home()) });
export const useAuthorisation = () =>
  useQuery({ queryKey: keys.authorisation, queryFn: () => call(commands.authorisation()) });
export const useBilling = () => useQuery({ queryKey: keys.billing, queryFn: () => call(commands.billing()) });
export const usePackages = () => useQuery({ queryKey: keys.packages, queryFn: () => call(commands.packages()) });
export const useOrder = (id: string) => useQuery({ queryKey: keys.order(id), queryFn: () => call(commands.order(id)) });
export const useInvoices = () => useQuery({ queryKey: keys.invoices, queryFn: () => call(commands.invoices()) });
export const useCertificates = () =>
  useQuery({ queryKey: keys.certificateList, queryFn: () => call(commands.certificates()) });
export const useCertificate = (id: string) =>
  useQuery({ queryKey: keys.certificate(id), queryFn: () => call(commands.certificate(id)) });
/** Looked at again every hour: days pass while the window stays open. */
export const useReminders = () =>
  useQuery({ queryKey: keys.reminders, queryFn: () => call(commands.reminders()), refetchInterval: 3_600_000 });
/** Read anew whenever it is shown: tokens come and go without telling. */
export const useTokens = () =>
  useQuery({ queryKey: keys.tokens, queryFn: () => call(commands.tokens()), staleTime: 0, gcTime: 0 });
/** Asked for whenever it is shown: tasks expire and are taken back elsewhere. */
export const useScanTasks = () =>
  useQuery({ queryKey: keys.scanTasks, queryFn: () => call(commands.scanTasks()), staleTime: 0 });
export const useScanTaskOf = (documentId: string) =>
  useQuery({ queryKey: keys.scanTaskOf(documentId), queryFn: () => call(commands.scanTaskOf(documentId)) });
export const useEmployees = () => useQuery({ queryKey: keys.employees, queryFn: () => call(commands.employees()) });
export const useSeals = () => useQuery({ queryKey: keys.sealList, queryFn: () => call(commands.seals()) });
export const useSealNotice = () => useQuery({ queryKey: keys.sealNotice, queryFn: () => call(commands.sealNotice()) });
export const useDocuments = () => useQuery({ queryKey: keys.documentList, queryFn: () => call(commands.documents()) });
export const useDocument = (id: string) =>
  useQuery({ queryKey: keys.document(id), queryFn: () => call(commands.document(id)) });
export const useVerification = (id: string) =>
  useQuery({ queryKey: keys.verification(id), queryFn: () => call(commands.verifyDocument(id)) });
export const useApprovals = () => useQuery({ queryKey: keys.approvals, queryFn: () => call(commands.approvals()) });
export const useSettings = () => useQuery({ queryKey: keys.settings, queryFn: () => call(commands.settings()) });
/** Asked for whenever it is shown: other devices sign in without telling. */
export const useSignIns = () =>
  useQuery({ queryKey: keys.signIns, queryFn: () => call(commands.signIns()), staleTime: 0, gcTime: 0 });
export const useTrustRoots = () => useQuery({ queryKey: keys.trustRoots, queryFn: () => call(commands.trustRoots()) });

/** The freshness of the local copy: pushed by the core, asked for once at the start. */
export const useSync = () => useQuery<SyncView>({ queryKey: keys.sync, queryFn: () => call(commands.syncNow()) });

/** What waits to be sent. */
export const useOutbox = () => useQuery({ queryKey: keys.outbox, queryFn: () => call(commands.outbox()) });

/** A seal drawn for looking at; the former drawing stays until the next has come. */
export const useHandwritingPreview = (input: HandwritingInput, enabled: boolean) =>
  useQuery({
    queryKey: keys.handwritingPreview(input),
    queryFn: () => call(commands.previewHandwriting(input)),
    placeholderData: keepPreviousData,
    gcTime: 10_000,
    enabled,
  });

export const useSealPreview = (input: AutomaticSealInput, enabled: boolean) =>
  useQuery({
    queryKey: keys.sealPreview(input),
    queryFn: () => call(commands.previewAutomaticSeal(input)),
    placeholderData: keepPreviousData,
    gcTime: 60_000,
    enabled,
  });

/** A seal of the designer, laid out anew for every word. */
export const useDraftPreview = (input: SealDraftInput) =>
  useQuery({
    queryKey: keys.sealDraft(input),
    queryFn: () => call(commands.previewDraftSeal(input)),
    placeholderData: keepPreviousData,
    gcTime: 60_000,
  });

export const useSealDeclaration = () =>
  useQuery({ queryKey: keys.sealDeclaration, queryFn: () => call(commands.sealDeclaration()), gcTime: 0 });

export const useSealPhoto = (id: string) =>
  useQuery({ queryKey: keys.sealPhoto(id), queryFn: () => call(commands.sealPhoto(id)), gcTime: 0 });

/** A photo cleaned as wished; the former picture stays until the next has come. The core keeps only the newest few. */
export const useCleanedPhoto = (input: PhotoCleanInput) =>
  useQuery({
    queryKey: keys.cleanedPhoto(input),
    queryFn: async () => ({ turn: input.turn_degrees, view: await call(commands.cleanSealPhoto(input)) }),
    placeholderData: keepPreviousData,
    gcTime: 0,
  });

/** The checks before signing, asked anew for every plan. */
export const useChecks = (plan: SigningPlanInput | null) =>
  useQuery({
    queryKey: keys.checks(plan ?? { document_id: "", certificate_id: "", items: [], reason: "", level: "b_b" }),
    queryFn: () => (plan === null ? Promise.resolve([]) : call(commands.checkSigning(plan))),
    placeholderData: keepPreviousData,
    gcTime: 10_000,
    enabled: plan !== null,
    // Nobody tells when a token is plugged in.
    refetchInterval: ({ state }) => state.data?.some(isMissingToken) && 3_000,
  });

const isMissingToken = (check: CheckView) => check.code === "token_ready" && check.level === "problem";

/** Where everything of a plan shows; the former picture stays until the next has come. `names` tell its items apart. */
export const usePlanPreview = (plan: SigningPlanInput | null, names: string[]) =>
  useQuery({
    queryKey: keys.planPreview(
      plan ?? { document_id: "", certificate_id: "", items: [], reason: "", level: "b_b" },
      names,
    ),
    queryFn: async () => (plan === null ? null : { keys: names, view: await call(commands.previewPlan(plan)) }),
    placeholderData: keepPreviousData,
    gcTime: 0,
    enabled: plan !== null,
  });

/** Where a word stands on the pages of a range. */
export const useFoundWord = (id: string, word: string, pages: string | null) =>
  useQuery({
    queryKey: keys.foundWord(id, word, pages ?? ""),
    queryFn: () => call(commands.findWord(id, word, pages ?? "")),
    gcTime: 60_000,
    enabled: word !== "" && pages !== null,
  });

export const usePlanTemplates = () =>
  useQuery({ queryKey: keys.planTemplates, queryFn: () => call(commands.planTemplates()) });

/** This device's seal log, a page at a time. */
export const useSealLogHere = (query: SealLogQuery, enabled: boolean) =>
  useInfiniteQuery({
    queryKey: keys.sealLogHere(query),
    queryFn: ({ pageParam }) => call(commands.sealLogHere(query, pageParam, ORDER_PAGE_ROWS)),
    initialPageParam: null as number | null,
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: keepPreviousData,
    enabled,
  });

/** The platform's seal log, a page at a time; asked for whenever it is shown. */
export const useSealLogThere = (query: SealLogQuery, enabled: boolean) =>
  useInfiniteQuery({
    queryKey: keys.sealLogThere(query),
    queryFn: ({ pageParam }) => call(commands.sealLogThere(query, pageParam)),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next ?? undefined,
    staleTime: 0,
    enabled,
  });

/** Devices whose seal log at the platform is not whole. */
export const useSealLogDoubts = (enabled: boolean) =>
  useQuery({ queryKey: keys.sealLogDoubts, queryFn: () => call(commands.sealLogDoubts()), staleTime: 0, enabled });

/** The order list, a page at a time. */
export const useOrderPages = (query: Omit<OrderQuery, "offset" | "limit">) =>
  useInfiniteQuery({
    queryKey: keys.orderPages(query),
    queryFn: ({ pageParam }) => call(commands.orders({ ...query, offset: pageParam, limit: ORDER_PAGE_ROWS })),
    initialPageParam: 0,
    getNextPageParam: (last, pages) => {
      const loaded = pages.reduce((sum, page) => sum + page.rows.length, 0);
      return last.rows.length > 0 && loaded < last.total ? loaded : undefined;
    },
    placeholderData: keepPreviousData,
  });

/** Nobody is signed in any more: what stays on screen is told first, what the account had read is forgotten then. */
export function left(client: QueryClient, session: SessionView): void {
  client.setQueryData(keys.session, session);
  client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== keys.session[0] });
}
