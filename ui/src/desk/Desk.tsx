// The stamping desk of one file: pages left, paper in the middle, seals, marks, position and checks right.
import { Button } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useMemo, useRef, useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import type { ContentInput, DocumentView, PlaceInput, SealView, SignedView } from "../bindings";
import { Failure } from "../bridge/failure";
import { useCertificates, useChecks, useDocument, usePlanPreview, useSeals } from "../bridge/queries";
import { count, fileSize } from "../format/figures";
import { Head } from "../parts/Pieces";
import { Asked, FailureNote } from "../parts/States";
import { useTranslation } from "../words/words";
import { useHistory, useHistoryKeys } from "./history";
import { counts, type Item, planOf } from "./items";
import { Paper } from "./Paper";
import { centredAt, keepOnPage, type PointMm } from "./placement";
import { ScanBanner } from "./ScanBanner";
import { SignDialog } from "./SignDialog";
import { SignedResult } from "./SignedResult";
import { Thumbnails } from "./Thumbnails";
import { Tools } from "./Tools";
import { Repair, Unlock } from "./Unlock";

export function Desk() {
  const { id = "" } = useParams();
  const query = useDocument(id);
  return (
    <Asked query={query}>
      {(document) =>
        document.needs_password ? <Locked document={document} /> : <Table key={document.id} document={document} />
      }
    </Asked>
  );
}

function Locked({ document }: { document: DocumentView }) {
  const { t } = useTranslation();
  return (
    <>
      <Head
        title={document.name}
        testId="desk-file"
        crumb={<Link to="/desk">{t("desk.title")}</Link>}
        sub={fileSize(document.size_bytes)}
      />
      <Unlock document={document} />
    </>
  );
}

function Table({ document }: { document: DocumentView }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const seals = useSeals();
  const certificates = useCertificates();
  const [page, setPage] = useState(1);
  const { now: items, act, undo, redo, canUndo, canRedo } = useHistory<Item[]>([]);
  const [selected, setSelected] = useState<string | null>(null);
  const [sealId, setSealId] = useState<string | null>(null);
  const [certificateId, setCertificateId] = useState<string | null>(null);
  const [reason, setReason] = useState("");
  const [signing, setSigning] = useState(false);
  const [signed, setSigned] = useState<SignedView | null>(null);
  const nextKey = useRef(1);

  const usable = useMemo(
    () => (certificates.data ?? []).filter((one) => one.here && (one.state === "active" || one.state === "expiring")),
    [certificates.data],
  );
  const shelf = useMemo(
    () =>
      (seals.data ?? []).filter(
        (one) =>
          one.state !== "disabled" &&
          one.state !== "replaced" &&
          usable.some((certificate) => certificate.id === one.certificate_id),
      ),
    [seals.data, usable],
  );
  const byId = useMemo(() => new Map(shelf.map((one) => [one.id, one])), [shelf]);
  const certificate =
    usable.find((one) => one.id === certificateId) ?? usable.find((one) => one.kind === "enterprise") ?? usable[0];
  const plan = useMemo(
    () => (certificate ? planOf(document.id, certificate.id, items, reason) : null),
    [document.id, certificate, items, reason],
  );
  const wanted = useMemo(() => ({ plan, names: items.map((item) => item.key) }), [plan, items]);
  const [settled] = useDebouncedValue(wanted, 250);
  const checks = useChecks(settled.plan);
  const shown = usePlanPreview(settled.plan, settled.names);
  const preview = shown.data ?? undefined;
  const counted = useMemo(() => counts(items, preview, document.page_count), [items, preview, document.page_count]);

  const newKey = () => {
    const key = `m${nextKey.current}`;
    nextKey.current += 1;
    return key;
  };
  const add = (content: ContentInput, place: PlaceInput) => {
    const key = newKey();
    act((all) => [...all, { key, content, place }]);
    setSelected(key);
  };
  const place = (seal: SealView, middle: PointMm) => {
    const view = document.pages[page - 1];
    if (!view) return;
    const size = { width: seal.width_mm, height: seal.height_mm };
    const { x, y } = keepOnPage(centredAt(middle, size), size, view);
    addSeal(seal, { kind: "at", pages: String(page), x_mm: x, y_mm: y });
  };
  const addSeal = (seal: SealView, where: PlaceInput) => {
    add({ kind: "seal", seal: seal.id }, where);
    // A seal signs with the certificate it belongs to.
    if (items.length === 0) setCertificateId(seal.certificate_id);
  };
  const change = (key: string, part: Partial<Item>) =>
    act((all) => all.map((one) => (one.key === key ? { ...one, ...part } : one)), `change:${key}`);
  const remove = (key: string) => {
    act((all) => all.filter((one) => one.key !== key));
    setSelected(null);
  };
  const use = (template: Omit<Item, "key">[]) => {
    const added = template.map((item) => ({ ...item, key: newKey() }));
    act((all) => [...all, ...added]);
    setSelected(added[0]?.key ?? null);
  };
  useHistoryKeys(undo, redo);
  const chosen = sealId ? byId.get(sealId) : undefined;
  const blocked = (checks.data ?? []).some((check) => check.level === "problem");
  const ready =
    plan !== null &&
    settled === wanted &&
    !checks.isFetching &&
    checks.isSuccess &&
    !blocked &&
    document.refusal === null;
  const total = [...counted.values()].reduce((sum, one) => sum + one, 0);

  if (signed) return <SignedResult signed={signed} documentId={document.id} />;
  const status =
    document.signature_count > 0 ? t("desk.signed", { count: document.signature_count }) : t("desk.unsigned");
  return (
    <>
      <Head
        title={document.name}
        testId="desk-file"
        crumb={<Link to="/desk">{t("desk.title")}</Link>}
        sub={`${t("common.pages", { count: document.page_count }).replace(String(document.page_count), count(document.page_count))} · ${fileSize(document.size_bytes)} · ${status}`}
      >
        <Button variant="default" onClick={() => void navigate(`/verify/${document.id}`)}>
          {t("nav.verify")}
        </Button>
        <Button
          data-testid="sign"
          disabled={!ready}
          title={blocked ? t("desk.problem") : undefined}
          onClick={() => setSigning(true)}
        >
          {t("desk.sign")}
        </Button>
      </Head>
      <ScanBanner documentId={document.id} />
      {document.can_repair ? (
        <Repair document={document} />
      ) : (
        document.refusal && <FailureNote error={new Failure(document.refusal)} />
      )}
      <div className="desk">
        <Thumbnails document={document} page={page} onPage={setPage} items={items} seals={byId} preview={preview} />
        <Paper
          document={document}
          page={page}
          onPage={setPage}
          items={items}
          seals={byId}
          preview={preview}
          selected={selected}
          onSelect={setSelected}
          onChange={change}
          onRemove={remove}
          placing={chosen}
          onPlace={place}
        />
        <Tools
          document={document}
          page={page}
          onPage={setPage}
          shelf={shelf}
          seals={byId}
          loading={seals.isPending || certificates.isPending}
          failed={seals.error ?? certificates.error}
          sealId={sealId}
          onSeal={setSealId}
          onPlace={place}
          onAdd={add}
          onAddSeal={addSeal}
          items={items}
          preview={preview}
          counted={counted}
          total={total}
          selected={selected}
          onSelect={setSelected}
          onChange={change}
          onRemove={remove}
          onUse={use}
          canUndo={canUndo}
          canRedo={canRedo}
          onUndo={undo}
          onRedo={redo}
          certificates={usable}
          certificate={certificate}
          onCertificate={setCertificateId}
          reason={reason}
          onReason={setReason}
          checks={checks}
        />
      </div>
      {signing && plan && certificate && (
        <SignDialog
          plan={plan}
          certificate={certificate}
          total={total}
          onClose={() => setSigning(false)}
          onSigned={setSigned}
        />
      )}
    </>
  );
}
