// Home: what needs doing now, the certificates that matter, and the ways to everything else.
import { Button } from "@mantine/core";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import type { AccountView, CertificateView, HomeCounts, HomeView, TodoKind, TodoView } from "../bindings";
import { useHome, useSession } from "../bridge/queries";
import { yuan } from "../format/figures";
import { day, partOfDay } from "../format/time";
import { entriesFor, type Place } from "../frame/navigation";
import { CertificateTag, Head, Tag, type Tone } from "../parts/Pieces";
import { Asked, Empty } from "../parts/States";
import { useTranslation } from "../words/words";

export function Home({ account }: { account: AccountView }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const home = useHome();
  const number = home.data?.todos.length;
  const sub = number === undefined ? "\u00a0" : number === 0 ? t("home.nothing") : t("home.some", { count: number });
  return (
    <>
      <Head title={t(`home.${partOfDay(new Date())}`, { name: account.name })} sub={sub} testId="home">
        <Button variant="default" onClick={() => void navigate("/verify")}>
          {t("home.verify")}
        </Button>
        <Button onClick={() => void navigate("/desk")}>{t("home.openDesk")}</Button>
      </Head>
      <Warnings />
      <Asked query={home}>
        {(view) => (
          <>
            <div className="homegrid">
              <Todos view={view} />
              <Certificates view={view} admin={account.role === "administrator"} />
            </div>
            <Tiles account={account} counts={view.counts} />
          </>
        )}
      </Asked>
    </>
  );
}

/** Circumstances already taken note of; they are said once in each run of the program. */
const noted = new Set<string>();

function Warnings() {
  const { t } = useTranslation();
  const session = useSession();
  const [, renew] = useState(0);
  const known = (session.data?.warnings ?? []).some((warning) => warning.code === "plain_device_secret");
  if (!known || noted.has("plain_device_secret")) return null;
  return (
    <div className="bar info" role="note" data-testid="warning">
      <span>
        {t("warning.plain_device_secret")} <Link to="/settings">{t("warning.more")}</Link>
      </span>
      <Button
        variant="default"
        size="compact-sm"
        onClick={() => {
          noted.add("plain_device_secret");
          renew((count) => count + 1);
        }}
      >
        {t("warning.dismiss")}
      </Button>
    </div>
  );
}

const tones: Record<TodoKind, Tone> = {
  authorise: "bad",
  authorisation_rejected: "bad",
  billing_missing: "info",
  unpaid_order: "bad",
  payment_problem: "warn",
  assign_certificate: "info",
  import_certificate: "info",
  make_seal: "info",
  seal_rejected: "bad",
  seal_in_review: "info",
  certificate_expiring: "warn",
  seal_log_broken: "bad",
  seal_log_differs: "bad",
};

/** Where a thing to do is done. */
function placeOf(todo: TodoView): string {
  const order = todo.subject_id ? `/orders/${todo.subject_id}` : "/orders";
  const places: Record<TodoKind, string> = {
    authorise: "/authorisation",
    authorisation_rejected: "/authorisation",
    billing_missing: "/billing",
    unpaid_order: order,
    payment_problem: order,
    assign_certificate: "/certificates",
    import_certificate: "/certificates",
    make_seal: "/seals",
    seal_rejected: "/seals",
    seal_in_review: "/approvals",
    certificate_expiring: "/certificates",
    seal_log_broken: "/seal-log",
    seal_log_differs: "/seal-log",
  };
  return places[todo.kind];
}

function Todos({ view }: { view: HomeView }) {
  const { t } = useTranslation();
  return (
    <section className="card" aria-labelledby="todos">
      <h2 id="todos">{t("home.todos")}</h2>
      {view.todos.length === 0 && <Empty title={t("home.noTodos")} hint={t("home.noTodosHint")} />}
      {view.todos.map((todo) => (
        <Todo key={`${todo.kind}-${todo.subject_id ?? ""}`} todo={todo} />
      ))}
    </section>
  );
}

function Todo({ todo }: { todo: TodoView }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const fen = Number(todo.params.amount_fen);
  const facts = { ...todo.params, amount: Number.isFinite(fen) ? yuan(fen) : "" };
  return (
    <div className="todo" data-testid={`todo-${todo.kind}`}>
      <Tag tone={tones[todo.kind]}>{t(`todo.${todo.kind}.tag`, facts)}</Tag>
      <div>
        <strong>{t(`todo.${todo.kind}.title`, facts)}</strong>
        <p className="sub breaks">{t(`todo.${todo.kind}.text`, facts)}</p>
      </div>
      <Button variant="default" size="compact-sm" onClick={() => void navigate(placeOf(todo))}>
        {t(`todo.${todo.kind}.action`)}
      </Button>
    </div>
  );
}

function Certificates({ view, admin }: { view: HomeView; admin: boolean }) {
  const { t } = useTranslation();
  return (
    <section className="card" aria-labelledby="own">
      <h2 id="own">{t("home.certificates")}</h2>
      {view.certificates.length === 0 ? (
        <Empty
          title={t("home.noCertificates")}
          hint={admin ? t("home.noCertificatesHintAdmin") : t("home.noCertificatesHintStaff")}
        />
      ) : (
        <table className="list" style={{ marginTop: 6 }}>
          <thead>
            <tr>
              <th>{t("home.column.certificate")}</th>
              <th>{t("home.column.holder")}</th>
              <th>{t("home.column.validTo")}</th>
            </tr>
          </thead>
          <tbody>
            {view.certificates.map((one) => (
              <CertificateRow key={one.id} certificate={one} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function CertificateRow({ certificate }: { certificate: CertificateView }) {
  const { t } = useTranslation();
  const kind = t(`certificateKind.${certificate.kind}`);
  return (
    <tr>
      <td>
        {certificate.owner_name ?? kind}
        {certificate.owner_name && <p className="small muted">{kind}</p>}
      </td>
      <td className="keep">{certificate.holder?.name ?? "—"}</td>
      <td>
        {certificate.valid_to ? day(certificate.valid_to) : <span className="muted">{t("home.afterImport")}</span>}{" "}
        <CertificateTag state={certificate.state} />
      </td>
    </tr>
  );
}

type TilePlace = Exclude<Place, "home" | "sealLog" | "authorisation" | "billing" | "settings">;
const adminTiles: readonly TilePlace[] = ["purchase", "certificates", "orders", "invoices", "scan", "approvals"];
const staffTiles: readonly TilePlace[] = ["desk", "verify", "scan", "certificates", "seals", "approvals"];

function Tiles({ account, counts }: { account: AccountView; counts: HomeCounts }) {
  const { t } = useTranslation();
  const paths = new Map(entriesFor(account.role).map((entry) => [entry.place, entry.path]));
  const shown = account.role === "administrator" ? adminTiles : staffTiles;
  const lines: Record<TilePlace, string> = {
    purchase: t("home.tile.purchase"),
    certificates:
      counts.unassigned > 0
        ? t("home.tile.unassigned", { count: counts.unassigned })
        : counts.certificates_to_import > 0
          ? t("home.tile.toImport", { count: counts.certificates_to_import })
          : t("home.tile.certificates"),
    orders: counts.unpaid_orders > 0 ? t("home.tile.unpaid", { count: counts.unpaid_orders }) : t("home.tile.orders"),
    invoices: counts.invoices > 0 ? t("home.tile.invoiceCount", { count: counts.invoices }) : t("home.tile.invoices"),
    approvals:
      counts.approvals_in_review > 0
        ? t("home.tile.inReview", { count: counts.approvals_in_review })
        : t("home.tile.approvals"),
    desk: t("home.tile.desk"),
    verify: t("home.tile.verify"),
    scan: t("home.tile.scan"),
    seals: t("home.tile.seals"),
  };
  return (
    <nav className="tiles" aria-label={t("home.tiles")}>
      {shown.map((place) => (
        <Link key={place} to={paths.get(place) ?? "/"} className="card tile" data-testid={`tile-${place}`}>
          <span className="mark" aria-hidden="true">
            {t(`home.mark.${place}`)}
          </span>
          <strong>{t(`nav.${place}`)}</strong>
          <span className="small sub">{lines[place]}</span>
        </Link>
      ))}
    </nav>
  );
}
