// The order list: searched, filtered and sorted by the core, drawn only where it is seen.
import { Button, NativeSelect, TextInput } from "@mantine/core";
import type { InfiniteData } from "@tanstack/react-query";
import { type ColumnDef, flexRender, getCoreRowModel, type SortingState, useReactTable } from "@tanstack/react-table";
import { type KeyboardEvent, useDeferredValue, useMemo, useState } from "react";
import { useNavigate } from "react-router";
import type { OrderPageView, OrderSort, OrderView, PaymentState } from "../bindings";
import { useOrderPages } from "../bridge/queries";
import { count, yuan } from "../format/figures";
import { minute } from "../format/time";
import { useEndless } from "../parts/endless";
import { Head, InvoiceTag, PaymentTag } from "../parts/Pieces";
import { Empty, FailureNote, Waiting } from "../parts/States";
import { useTranslation } from "../words/words";

const states: readonly PaymentState[] = ["unpaid", "paid", "wrong_amount", "wrong_payer", "closed", "refunded"];
const sorts: Record<string, OrderSort> = { placed_at: "placed_at", amount_fen: "amount", number: "number" };

export function Orders() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [text, setText] = useState("");
  const [state, setState] = useState<PaymentState | null>(null);
  const [sorting, setSorting] = useState<SortingState>([{ id: "placed_at", desc: true }]);
  const asked = useDeferredValue(text.trim());
  const first = sorting[0];
  const query = useOrderPages({
    text: asked,
    state,
    sort: sorts[first?.id ?? ""] ?? "placed_at",
    descending: first?.desc ?? true,
  });
  const total = query.data?.pages[0]?.total ?? 0;
  const filtered = asked !== "" || state !== null;
  const clear = () => {
    setText("");
    setState(null);
  };
  return (
    <>
      <Head
        title={t("orders.title")}
        sub={query.data ? t("orders.total", { count: total }).replace(String(total), count(total)) : "\u00a0"}
        testId="orders"
      >
        <Button onClick={() => void navigate("/purchase")}>{t("nav.purchase")}</Button>
      </Head>
      <div className="filters">
        <TextInput
          className="grow"
          aria-label={t("orders.search")}
          placeholder={t("orders.search")}
          data-testid="order-search"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <NativeSelect
          aria-label={t("orders.state")}
          data-testid="order-state"
          value={state ?? ""}
          onChange={(event) => setState(states.find((one) => one === event.currentTarget.value) ?? null)}
          data={[
            { value: "", label: t("common.fact", { words: t("orders.state"), fact: t("common.all") }) },
            ...states.map((one) => ({ value: one, label: t(`paymentState.${one}`) })),
          ]}
        />
      </div>
      {query.isError && <FailureNote error={query.error} onRetry={() => void query.refetch()} />}
      {query.data === undefined && !query.isError && <Waiting />}
      {query.data && total === 0 && (
        <section className="card">
          {filtered ? (
            <Empty title={t("orders.noMatch")} hint={t("orders.noMatchHint")}>
              <Button variant="default" onClick={clear}>
                {t("orders.clear")}
              </Button>
            </Empty>
          ) : (
            <Empty title={t("orders.empty")} hint={t("orders.emptyHint")}>
              <Button onClick={() => void navigate("/purchase")}>{t("nav.purchase")}</Button>
            </Empty>
          )}
        </section>
      )}
      {query.data && total > 0 && (
        <List
          data={query.data}
          sorting={sorting}
          onSorting={setSorting}
          more={query.hasNextPage && !query.isFetchingNextPage}
          onMore={() => void query.fetchNextPage()}
        />
      )}
    </>
  );
}

type ListProps = {
  data: InfiniteData<OrderPageView>;
  sorting: SortingState;
  onSorting: (sorting: SortingState) => void;
  more: boolean;
  onMore: () => void;
};

function useColumns(): ColumnDef<OrderView>[] {
  const { t } = useTranslation();
  return useMemo(
    () => [
      { accessorKey: "number", header: t("orders.number"), cell: ({ row }) => <strong>{row.original.number}</strong> },
      { accessorKey: "package_name", header: t("orders.package"), enableSorting: false },
      { accessorKey: "quantity", header: t("orders.quantity"), enableSorting: false, meta: "right" },
      {
        accessorKey: "amount_fen",
        header: t("orders.amount"),
        cell: ({ row }) => yuan(row.original.amount_fen),
        meta: "right",
      },
      { accessorKey: "placed_at", header: t("orders.placedAt"), cell: ({ row }) => minute(row.original.placed_at) },
      {
        accessorKey: "payment_state",
        header: t("orders.payment"),
        enableSorting: false,
        cell: ({ row }) => <PaymentTag state={row.original.payment_state} />,
      },
      {
        accessorKey: "invoice_state",
        header: t("orders.invoice"),
        enableSorting: false,
        cell: ({ row }) => <InvoiceTag state={row.original.invoice_state} />,
      },
    ],
    [t],
  );
}

function List({ data, sorting, onSorting, more, onMore }: ListProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const rows = useMemo(() => data.pages.flatMap((page) => page.rows), [data]);
  const columns = useColumns();
  const table = useReactTable({
    data: rows,
    columns,
    state: { sorting },
    manualSorting: true,
    enableSortingRemoval: false,
    getCoreRowModel: getCoreRowModel(),
    onSortingChange: (change) => onSorting(typeof change === "function" ? change(sorting) : change),
  });
  const { scroll, virtual, items } = useEndless(rows.length, more, onMore);
  const open = (id: string) => void navigate(`/orders/${id}`);
  const onKey = (event: KeyboardEvent, id: string) => {
    if (event.key === "Enter") open(id);
  };
  return (
    <section className="card listcard" role="table" aria-rowcount={data.pages[0]?.total ?? rows.length}>
      <div className="grid-row header" role="row">
        {table.getFlatHeaders().map((header) => (
          <span
            key={header.id}
            role="columnheader"
            className={header.column.columnDef.meta === "right" ? "right" : ""}
            aria-sort={
              header.column.getIsSorted() === false
                ? undefined
                : header.column.getIsSorted() === "desc"
                  ? "descending"
                  : "ascending"
            }
          >
            {header.column.getCanSort() ? (
              <button type="button" className="plain" onClick={header.column.getToggleSortingHandler()}>
                {flexRender(header.column.columnDef.header, header.getContext())}
                <span aria-hidden="true">
                  {{ asc: " ↑", desc: " ↓", none: "" }[header.column.getIsSorted() || "none"]}
                </span>
              </button>
            ) : (
              flexRender(header.column.columnDef.header, header.getContext())
            )}
          </span>
        ))}
      </div>
      <div className="virtual" ref={scroll} role="rowgroup">
        <div style={{ height: virtual.getTotalSize(), position: "relative" }}>
          {items.map((item) => {
            const row = table.getRowModel().rows[item.index];
            if (!row) return null;
            return (
              <div
                key={row.original.id}
                role="row"
                tabIndex={0}
                className="grid-row line"
                style={{ top: item.start }}
                data-testid={`order-${row.original.number}`}
                aria-label={t("orders.open", { number: row.original.number })}
                onClick={() => open(row.original.id)}
                onKeyDown={(event) => onKey(event, row.original.id)}
              >
                {row.getVisibleCells().map((cell) => (
                  <span key={cell.id} role="cell" className={cell.column.columnDef.meta === "right" ? "right" : ""}>
                    {flexRender(cell.column.columnDef.cell, cell.getContext())}
                  </span>
                ))}
              </div>
            );
          })}
        </div>
      </div>
    </section>
  );
}
