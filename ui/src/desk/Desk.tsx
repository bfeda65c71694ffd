// The stamping desk of one file: pages left, paper in the middle, seals, marks, position and checks right.
import { Button } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useMemo, useRef, useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import type { DocumentView, SealView, SignedView } from "../bindings";
import { Failure } from "../bridge/failure";
import { useCertificates, useChecks, useDocument, useSeals } from "../bridge/queries";
import { count, fileSize } from "../format/figures";
import { Head } from "../parts/Pieces";
import { Asked, FailureNote } from "../parts/States";
import { useTranslation } from "../words/words";
import { type Mark, planOf, totalPlaces } from "./marks";
import { Paper } from "./Paper";
import { centredAt, keepOnPage, type PointMm } from "./placement";
import { SignDialog } from "./SignDialog";
import { SignedResult } from "./SignedResult";
import { Thumbnails } from "./Thumbnails";
import { Tools } from "./Tools";

export function Desk() {
  const { id = "" } = useParams();
  const query = useDocument(id);
  return <Asked query={query}>{(document) => <Table key={document.id} document={document} />}</Asked>;
}

function Table({ document }: { document: DocumentView }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const seals = useSeals();
  const certificates = useCertificates();
  const [page, setPage] = useState(1);
  const [marks, setMarks] = useState<Mark[]>([]);
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
    () => (seals.data ?? []).filter((one) => usable.some((certificate) => certificate.id === one.certificate_id)),
    [seals.data, usable],
  );
  const byId = useMemo(() => new Map(shelf.map((one) => [one.id, one])), [shelf]);
  const certificate =
    usable.find((one) => one.id === certificateId) ?? usable.find((one) => one.kind === "enterprise") ?? usable[0];
  const plan = useMemo(
    () => (certificate ? planOf(document.id, certificate.id, marks, reason) : null),
    [document.id, certificate, marks, reason],
  );
  const [settled] = useDebouncedValue(plan, 250);
  const checks = useChecks(settled);

  const place = (seal: SealView, middle: PointMm) => {
    const view = document.pages[page - 1];
    if (!view) return;
    const size = { width: seal.width_mm, height: seal.height_mm };
    const key = `m${nextKey.current}`;
    nextKey.current += 1;
    setMarks([
      ...marks,
      { key, seal_id: seal.id, pages: String(page), ...keepOnPage(centredAt(middle, size), size, view) },
    ]);
    setSelected(key);
    // A seal signs with the certificate it belongs to.
    if (marks.length === 0) setCertificateId(seal.certificate_id);
  };
  const change = (key: string, part: Partial<Mark>) =>
    setMarks((all) => all.map((one) => (one.key === key ? { ...one, ...part } : one)));
  const remove = (key: string) => {
    setMarks((all) => all.filter((one) => one.key !== key));
    setSelected(null);
  };
  const chosen = sealId ? byId.get(sealId) : undefined;
  const blocked = (checks.data ?? []).some((check) => check.level === "problem");
  const ready =
    plan !== null &&
    settled === plan &&
    !checks.isFetching &&
    checks.isSuccess &&
    !blocked &&
    document.refusal === null;
  const total = totalPlaces(marks, document.page_count);

  if (signed) return <SignedResult signed={signed} />;
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
      {document.refusal && <FailureNote error={new Failure(document.refusal)} />}
      <div className="desk">
        <Thumbnails document={document} page={page} onPage={setPage} marks={marks} seals={byId} />
        <Paper
          document={document}
          page={page}
          onPage={setPage}
          marks={marks}
          seals={byId}
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
          shelf={shelf}
          seals={byId}
          loading={seals.isPending || certificates.isPending}
          failed={seals.error ?? certificates.error}
          sealId={sealId}
          onSeal={setSealId}
          onPlace={place}
          marks={marks}
          total={total}
          selected={selected}
          onSelect={setSelected}
          onChange={change}
          onRemove={remove}
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
