// The seal log: every use of a key, as this device and the platform have it, and whether the record is whole.
import { Button, NativeSelect, SegmentedControl, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type KeyboardEvent, useDeferredValue, useState } from "react";
import { useNavigate } from "react-router";
import {
  type AccountView,
  commands,
  type SealLogHereView,
  type SealLogQuery,
  type SealLogRowView,
  type SealLogSource,
} from "../bindings";
import { call } from "../bridge/failure";
import { useEmployees, useSealLogDoubts, useSealLogHere, useSealLogThere } from "../bridge/queries";
import { count } from "../format/figures";
import { day, minute } from "../format/time";
import { useEndless } from "../parts/endless";
import { Head, SavedNote } from "../parts/Pieces";
import { Empty, FailureNote, Waiting } from "../parts/States";
import { useTranslation } from "../words/words";
import { SealLogDrawer, SealLogTag } from "./SealLogDrawer";

const periods = { all: null, today: 0, week: 6, month: 29, year: 364 } as const;
type Period = keyof typeof periods;
const periodNames = Object.keys(periods) as Period[];

/** Since the beginning of the day so many days ago, in the reader's zone. */
function since(period: Period): string | null {
  const days = periods[period];
  if (days === null) return null;
  const from = new Date();
  from.setHours(0, 0, 0, 0);
  from.setDate(from.getDate() - days);
  return from.toISOString();
}

export function SealLog({ account }: { account: AccountView }) {
  const { t } = useTranslation();
  const admin = account.role === "administrator";
  const [source, setSource] = useState<SealLogSource>("here");
  const [text, setText] = useState("");
  const [period, setPeriod] = useState<Period>("all");
  const [person, setPerson] = useState("");
  const asked = useDeferredValue(text.trim());
  const query: SealLogQuery = {
    text: asked,
    account_id: source === "there" && person !== "" ? person : null,
    from: since(period),
    until: null,
  };
  const filtered = asked !== "" || query.from !== null || query.account_id !== null;
  const clear = () => {
    setText("");
    setPeriod("all");
    setPerson("");
  };
  const save = useMutation({
    mutationFn: () =>
      call(commands.exportSealLog(source, query, t("sealLog.fileName", { date: day(new Date().toISOString()) }))),
  });
  const shared = { query, filtered, onClear: clear };
  return (
    <>
      <Head title={t("sealLog.title")} sub={t("sealLog.sub")} testId="seal-log">
        <Button variant="default" data-testid="export-log" loading={save.isPending} onClick={() => save.mutate()}>
          {t("sealLog.export")}
        </Button>
      </Head>
      <div className="filters">
        <SegmentedControl
          aria-label={t("sealLog.source")}
          data-testid="log-source"
          value={source}
          onChange={(value) => setSource(value === "there" ? "there" : "here")}
          data={[
            { value: "here", label: t("sealLog.here") },
            { value: "there", label: admin ? t("sealLog.there") : t("sealLog.mine") },
          ]}
        />
        <TextInput
          className="grow"
          aria-label={t("sealLog.search")}
          placeholder={t("sealLog.search")}
          data-testid="log-search"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        {admin && source === "there" && <Person value={person} onChange={setPerson} />}
        <NativeSelect
          aria-label={t("sealLog.when")}
          data-testid="log-period"
          value={period}
          onChange={(event) => setPeriod(periodNames.find((one) => one === event.currentTarget.value) ?? "all")}
          data={periodNames.map((one) => ({ value: one, label: t(`sealLog.period.${one}`) }))}
        />
      </div>
      {save.isError && <FailureNote error={save.error} />}
      {save.data && <SavedNote saved={save.data} />}
      {source === "here" ? <Here {...shared} /> : <There {...shared} />}
    </>
  );
}

function Person({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { t } = useTranslation();
  const employees = useEmployees();
  return (
    <NativeSelect
      aria-label={t("sealLog.who")}
      data-testid="log-person"
      className="narrow"
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      data={[
        { value: "", label: t("sealLog.everybody") },
        ...(employees.data ?? []).map((one) => ({ value: one.id, label: one.name })),
      ]}
    />
  );
}

type Shared = { query: SealLogQuery; filtered: boolean; onClear: () => void };

function Here({ query, filtered, onClear }: Shared) {
  const pages = useSealLogHere(query, true);
  const first = pages.data?.pages[0];
  return (
    <>
      {pages.isError && <FailureNote error={pages.error} onRetry={() => void pages.refetch()} />}
      {first === undefined && !pages.isError && <Waiting />}
      {first && <Standing log={first} />}
      {first && (
        <Rows
          rows={pages.data?.pages.flatMap((page) => page.rows) ?? []}
          total={first.total ?? 0}
          filtered={filtered}
          onClear={onClear}
          more={pages.hasNextPage && !pages.isFetchingNextPage}
          onMore={() => void pages.fetchNextPage()}
        />
      )}
    </>
  );
}

/** Whether this device's record is whole, and what waits. */
function Standing({ log }: { log: SealLogHereView }) {
  const { t } = useTranslation();
  const facts = { count: log.count, waiting: count(log.waiting) };
  const isWhole = log.broken_from === null;
  return (
    <>
      {log.broken_from !== null && (
        <p className="note bad" role="alert" data-testid="log-broken">
          {t("sealLog.broken", { from: log.broken_from })}
        </p>
      )}
      {log.seams.map((seam) => (
        <p className="note bad" role="alert" key={seam.from} data-testid="log-differs">
          {t("sealLog.differs", { from: seam.from, there: seam.there })}
        </p>
      ))}
      {isWhole && log.count > 0 && (
        <p className={log.waiting > 0 ? "note info" : "note ok"} role="status" data-testid="log-whole">
          {log.waiting > 0 ? t("sealLog.wholeWaiting", facts) : t("sealLog.whole", facts)}
        </p>
      )}
      {log.failure && (
        <>
          <p className="note bad">{t("sealLog.refused")}</p>
          <FailureNote error={log.failure} />
        </>
      )}
    </>
  );
}

function There({ query, filtered, onClear }: Shared) {
  const pages = useSealLogThere(query, true);
  const rows = pages.data?.pages.flatMap((page) => page.rows) ?? [];
  return (
    <>
      <Doubts />
      {pages.isError && <FailureNote error={pages.error} onRetry={() => void pages.refetch()} />}
      {pages.data === undefined && !pages.isError && <Waiting />}
      {pages.data && (
        <Rows
          rows={rows}
          total={rows.length}
          filtered={filtered}
          onClear={onClear}
          more={pages.hasNextPage && !pages.isFetchingNextPage}
          onMore={() => void pages.fetchNextPage()}
        />
      )}
    </>
  );
}

/** Devices whose record the platform found wanting. */
function Doubts() {
  const { t } = useTranslation();
  const doubts = useSealLogDoubts(true);
  return (
    <>
      {(doubts.data ?? []).map((one) => {
        const names = { person: one.person, device: one.device_name || t("sealLog.noDevice") };
        return (
          <div className="note bad breaks" role="alert" key={one.id} data-testid="log-doubt">
            {one.differs_from !== null && <p>{t("sealLog.chainDiffers", { ...names, from: one.differs_from })}</p>}
            {one.broken_from !== null && <p>{t("sealLog.chainBroken", { ...names, from: one.broken_from })}</p>}
            {one.continued_after !== null && (
              <p>{t("sealLog.chainContinued", { ...names, after: one.continued_after })}</p>
            )}
          </div>
        );
      })}
    </>
  );
}

type RowsProps = {
  rows: SealLogRowView[];
  total: number;
  filtered: boolean;
  onClear: () => void;
  more: boolean;
  onMore: () => void;
};

function Rows({ rows, total, filtered, onClear, more, onMore }: RowsProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [shown, setShown] = useState<SealLogRowView | null>(null);
  if (rows.length === 0)
    return (
      <section className="card">
        <Empty
          title={t(filtered ? "sealLog.noMatch" : "sealLog.empty")}
          hint={t(filtered ? "sealLog.noMatchHint" : "sealLog.emptyHint")}
        >
          {filtered ? (
            <Button variant="default" onClick={onClear}>
              {t("sealLog.clear")}
            </Button>
          ) : (
            <Button onClick={() => void navigate("/desk")}>{t("sealLog.goSign")}</Button>
          )}
        </Empty>
      </section>
    );
  return (
    <>
      <List rows={rows} total={total} more={more} onMore={onMore} onOpen={setShown} />
      {shown && <SealLogDrawer row={shown} onClose={() => setShown(null)} />}
    </>
  );
}

type ListProps = {
  rows: SealLogRowView[];
  total: number;
  more: boolean;
  onMore: () => void;
  onOpen: (row: SealLogRowView) => void;
};

const columns = ["at", "kind", "file", "certificate", "person", "marks", "state"] as const;

function List({ rows, total, more, onMore, onOpen }: ListProps) {
  const { t } = useTranslation();
  const { scroll, virtual, items } = useEndless(rows.length, more, onMore);
  const onKey = (event: KeyboardEvent, row: SealLogRowView) => {
    if (event.key === "Enter") onOpen(row);
  };
  return (
    <section className="card listcard" role="table" aria-rowcount={total}>
      <div className="grid-row log header" role="row">
        {columns.map((column) => (
          <span key={column} role="columnheader" className={column === "marks" ? "right" : ""}>
            {t(`sealLog.column.${column}`)}
          </span>
        ))}
      </div>
      <div className="virtual" ref={scroll} role="rowgroup">
        <div style={{ height: virtual.getTotalSize(), position: "relative" }}>
          {items.map((item) => {
            const row = rows[item.index];
            if (!row) return null;
            return (
              <div
                key={row.id}
                role="row"
                tabIndex={0}
                className="grid-row log line"
                style={{ top: item.start }}
                data-testid="log-row"
                data-state={row.state}
                aria-label={t("sealLog.open", { name: row.file_name })}
                onClick={() => onOpen(row)}
                onKeyDown={(event) => onKey(event, row)}
              >
                <Cells row={row} />
              </div>
            );
          })}
        </div>
      </div>
    </section>
  );
}

function Cells({ row }: { row: SealLogRowView }) {
  const { t } = useTranslation();
  return (
    <>
      <span role="cell">{minute(row.at)}</span>
      <span role="cell">{t(`sealLog.kind.${row.kind}`)}</span>
      <span role="cell" title={row.file_name}>
        <strong>{row.file_name}</strong>
      </span>
      <span role="cell" title={row.owner_name}>
        {row.owner_name || "—"}
      </span>
      <span role="cell" title={row.person}>
        {row.person}
      </span>
      <span role="cell" className="right">
        {row.marks > 0 ? count(row.marks) : "—"}
      </span>
      <span role="cell">
        <SealLogTag state={row.state} />
      </span>
    </>
  );
}
