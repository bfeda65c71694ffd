// The frame around every screen: navigation with counts, who is signed in, and how fresh the data is.
import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { NavLink, Outlet, useLocation } from "react-router";
import { type AccountView, commands, type HomeCounts, type SyncView } from "../bindings";
import { call } from "../bridge/failure";
import { keys } from "../bridge/keys";
import { left, useHome, useSync } from "../bridge/queries";
import { minute } from "../format/time";
import { useTranslation } from "../words/words";
import { type Entry, entriesFor, type Group } from "./navigation";
import { OutboxBar } from "./Outbox";
import { Reminders } from "./Reminders";

const groups: readonly Group[] = ["top", "sign", "own", "buy", "bottom"];

/** The frame; the screen of the present place is its outlet. */
export function Frame({ account }: { account: AccountView }) {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const main = useRef<HTMLElement>(null);
  const fixed = /^\/(orders$|seal-log$|desk\/|seals\/photo\/)/.test(pathname);
  // A new place begins at its top.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the place is what it follows.
  useEffect(() => {
    main.current?.scrollTo?.(0, 0);
  }, [pathname]);
  return (
    <div className="frame">
      <button type="button" className="skip" onClick={() => main.current?.focus()}>
        {t("common.skip")}
      </button>
      <aside className="side">
        <div className="brand">
          <i aria-hidden="true">干</i>
          {t("app.name")}
        </div>
        <Navigation account={account} />
        <Who account={account} />
      </aside>
      <main ref={main} id="main" tabIndex={-1} className={fixed ? "main fixed" : "main"}>
        <SyncBar />
        <OutboxBar />
        <Reminders />
        <Outlet />
      </main>
    </div>
  );
}

function Navigation({ account }: { account: AccountView }) {
  const { t } = useTranslation();
  const home = useHome();
  const shown = entriesFor(account.role);
  return (
    <nav className="nav" aria-label={t("nav.main")}>
      {groups.map((group) => {
        const own = shown.filter((entry) => entry.group === group);
        if (own.length === 0) return null;
        return (
          <div key={group}>
            {group !== "top" && <h3>{group === "bottom" ? "\u00a0" : t(`nav.${group}`)}</h3>}
            {own.map((entry) => (
              <NavigationEntry key={entry.place} entry={entry} counts={home.data?.counts} />
            ))}
          </div>
        );
      })}
    </nav>
  );
}

function NavigationEntry({ entry, counts }: { entry: Entry; counts: HomeCounts | undefined }) {
  const { t } = useTranslation();
  const number = counts && entry.count ? entry.count(counts) : 0;
  return (
    <NavLink to={entry.path} end={entry.path === "/"} data-testid={`nav-${entry.place}`}>
      {t(`nav.${entry.place}`)}
      {number > 0 && <b title={t("nav.count", { count: number })}>{number > 99 ? "99+" : number}</b>}
    </NavLink>
  );
}

function Who({ account }: { account: AccountView }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const signOut = useMutation({
    mutationFn: () => call(commands.signOut()),
    onSuccess: (session) => left(client, session),
  });
  return (
    <div className="who">
      <div className="row-line">
        <strong>
          {account.name} · {t(`role.${account.role}`)}
        </strong>
        <button type="button" className="plain" data-testid="sign-out" onClick={() => signOut.mutate()}>
          {t("nav.signOut")}
        </button>
      </div>
      <span className="firm" title={account.enterprise_name}>
        {account.enterprise_name}
      </span>
      <div className="row-line">
        <SyncState />
      </div>
    </div>
  );
}

const dots: Record<SyncView["state"], string> = {
  synced: "dot",
  syncing: "dot info",
  offline: "dot warn",
  expired: "dot bad",
  failed: "dot bad",
};

/** When the copy was last fresh, in few words. */
function freshness(at: string | null, justNow: string): string {
  if (at === null) return "";
  const age = Date.now() - new Date(at).getTime();
  return age < 120_000 ? justNow : minute(at).slice(5);
}

function SyncState() {
  const { t } = useTranslation();
  const sync = useSync();
  const now = useMutation({ mutationFn: () => call(commands.syncNow()) });
  const state = sync.data?.state ?? "syncing";
  const word =
    state === "offline"
      ? t("sync.offline").split(/[，;]/)[0]
      : state === "expired"
        ? t("sync.expired").split("，")[0]
        : t(`sync.${state}`);
  const time = state === "syncing" ? "" : freshness(sync.data?.at ?? null, t("sync.justNow"));
  return (
    <button
      type="button"
      className="plain"
      title={t("sync.now")}
      data-testid="sync"
      data-state={state}
      onClick={() => now.mutate()}
    >
      <span className={dots[state]} />
      {time ? `${word} · ${time}` : word}
    </button>
  );
}

/** Says that what is shown may be old, and what still works. */
function SyncBar() {
  const { t } = useTranslation();
  const sync = useSync();
  const client = useQueryClient();
  const again = useMutation({
    mutationFn: () => call(commands.signOut()),
    onSuccess: (session) => client.setQueryData(keys.session, session),
  });
  const now = useMutation({
    mutationFn: () => call(commands.syncNow()),
    onSuccess: (view) => client.setQueryData(keys.sync, view),
  });
  if (sync.data === undefined || sync.data.state === "syncing") return null;
  const ahead = sync.data.clock_ahead_minutes;
  if (sync.data.state === "synced") {
    if (ahead === null) return null;
    return (
      <div className="bar warn" role="status" data-testid="clock">
        <span>{t(ahead > 0 ? "sync.clockAheadBar" : "sync.clockBehindBar", { count: Math.abs(ahead) })}</span>
      </div>
    );
  }
  if (sync.data.state === "expired") {
    return (
      <div className="bar bad" role="status">
        <span>{t("sync.expiredBar")}</span>
        <Button size="compact-sm" onClick={() => again.mutate()}>
          {t("sync.again")}
        </Button>
      </div>
    );
  }
  return (
    <div className="bar warn" role="status" data-testid="stale">
      <span>{sync.data.state === "offline" ? t("sync.offlineBar") : t("sync.failedBar")}</span>
      <Button variant="default" size="compact-sm" loading={now.isPending} onClick={() => now.mutate()}>
        {t("common.retry")}
      </Button>
    </div>
  );
}
