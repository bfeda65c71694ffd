// The right column of the desk: seals, marks, position, certificate and the checks before signing.
import { NativeSelect, NumberInput, TextInput } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { Link } from "react-router";
import type { CertificateView, CheckView, DocumentView, SealView } from "../bindings";
import { Failure } from "../bridge/failure";
import { sealPicture } from "../bridge/pictures";
import { millimetres } from "../format/figures";
import { Tag } from "../parts/Pieces";
import { FailureNote, Waiting } from "../parts/States";
import { failureWords } from "../words/failure_words";
import { useTranslation } from "../words/words";
import type { Mark, SealShelf } from "./marks";
import { pagesOf, plainRange, rangeWords } from "./pages";
import { keepOnPage, type PointMm } from "./placement";

type Props = {
  document: DocumentView;
  page: number;
  shelf: SealView[];
  seals: SealShelf;
  loading: boolean;
  failed: unknown;
  sealId: string | null;
  onSeal: (id: string | null) => void;
  onPlace: (seal: SealView, middle: PointMm) => void;
  marks: Mark[];
  total: number;
  selected: string | null;
  onSelect: (key: string | null) => void;
  onChange: (key: string, part: Partial<Mark>) => void;
  onRemove: (key: string) => void;
  certificates: CertificateView[];
  certificate: CertificateView | undefined;
  onCertificate: (id: string) => void;
  reason: string;
  onReason: (reason: string) => void;
  checks: UseQueryResult<CheckView[]>;
};

export function Tools(props: Props) {
  const mark = props.marks.find((one) => one.key === props.selected);
  return (
    <div className="tools">
      <Shelf {...props} />
      <Marks {...props} />
      {mark && <Position key={mark.key} {...props} mark={mark} />}
      <Signer {...props} />
      <Checks {...props} />
    </div>
  );
}

function Shelf({ document, page, shelf, loading, failed, sealId, onSeal, onPlace }: Props) {
  const { t } = useTranslation();
  const chosen = shelf.find((one) => one.id === sealId);
  const view = document.pages[page - 1];
  return (
    <section className="card" aria-labelledby="shelf">
      <div className="row between">
        <h2 id="shelf">{t("desk.shelf")}</h2>
        {chosen && view && (
          <button
            type="button"
            className="plain link small"
            data-testid="mark-add"
            onClick={() => onPlace(chosen, { x: view.width_mm / 2, y: view.height_mm / 2 })}
          >
            {t("desk.addMark")}
          </button>
        )}
      </div>
      {failed ? (
        <FailureNote error={failed} />
      ) : loading ? (
        <Waiting />
      ) : (
        shelf.length === 0 && (
          <p className="small sub">
            {t("desk.noSeals")}　<Link to="/seals">{t("desk.noSealsHint")}</Link>
          </p>
        )
      )}
      <div className="shelf">
        {shelf.map((seal) => (
          <button
            key={seal.id}
            type="button"
            aria-pressed={seal.id === sealId}
            disabled={seal.state === "rejected" || seal.state === "disabled"}
            data-testid={`shelf-${seal.id}`}
            onClick={() => onSeal(seal.id === sealId ? null : seal.id)}
          >
            <span className="paperwhite">
              <img src={sealPicture(seal.picture)} alt="" />
            </span>
            {seal.name}
            <small>
              {Math.round(seal.width_mm)} mm · {t(`sealState.${seal.state}`)}
            </small>
          </button>
        ))}
      </div>
    </section>
  );
}

function Marks({ document, marks, seals, total, selected, onSelect, onRemove }: Props) {
  const { t } = useTranslation();
  return (
    <section className="card" aria-labelledby="marks">
      <div className="row between">
        <h2 id="marks">{t("desk.marks")}</h2>
        <span className="sub" data-testid="marks-total">
          {t("desk.marksTotal", { count: total })}
        </span>
      </div>
      {marks.length === 0 && <p className="small sub">{t("desk.noMarks")}</p>}
      {marks.map((mark) => {
        const seal = seals.get(mark.seal_id);
        const pages = pagesOf(mark.pages, document.page_count);
        const where = rangeWords(mark.pages, t);
        const name = `${seal?.name ?? ""} ${where}`;
        return (
          <div key={mark.key} className="markrow" data-selected={mark.key === selected || undefined}>
            <button type="button" className="plain" aria-label={name} onClick={() => onSelect(mark.key)}>
              {seal && <Tag tone="bad">{t(`sealKind.${seal.kind}`)}</Tag>} {where}
            </button>
            <b>{pages ? pages.length : "–"}</b>
            <button
              type="button"
              className="plain"
              aria-label={`${t("desk.removeMark")} ${name}`}
              onClick={() => onRemove(mark.key)}
            >
              ✕
            </button>
          </div>
        );
      })}
    </section>
  );
}

const quick = ["this", "all", "odd", "even", "first", "last"] as const;

function Position({ document, page, mark, seals, onChange }: Props & { mark: Mark }) {
  const { t } = useTranslation();
  const seal = seals.get(mark.seal_id);
  const view = document.pages[page - 1];
  if (!seal || !view) return null;
  const size = { width: seal.width_mm, height: seal.height_mm };
  const move = (at: Partial<PointMm>) => onChange(mark.key, keepOnPage({ x: mark.x, y: mark.y, ...at }, size, view));
  const wrong = pagesOf(mark.pages, document.page_count) === null;
  return (
    <section className="card" aria-labelledby="position">
      <h2 id="position">
        {t("desk.position")}{" "}
        <span className="small muted">
          {t("desk.size")} {millimetres(seal.width_mm)} × {millimetres(seal.height_mm)} mm
        </span>
      </h2>
      <div className="position">
        <NumberInput
          size="xs"
          label={t("common.aside", { words: t("desk.left"), aside: "mm" })}
          data-testid="mark-x"
          decimalScale={1}
          step={0.5}
          min={0}
          value={mark.x}
          onChange={(value) => typeof value === "number" && move({ x: value })}
        />
        <NumberInput
          size="xs"
          label={t("common.aside", { words: t("desk.top"), aside: "mm" })}
          data-testid="mark-y"
          decimalScale={1}
          step={0.5}
          min={0}
          value={mark.y}
          onChange={(value) => typeof value === "number" && move({ y: value })}
        />
      </div>
      <TextInput
        size="xs"
        mt={6}
        label={t("desk.pagesField")}
        description={t("desk.pagesHint")}
        error={wrong ? t("desk.pagesWrong", { count: document.page_count }) : undefined}
        data-testid="mark-pages"
        value={mark.pages}
        onChange={(event) => onChange(mark.key, { pages: event.currentTarget.value })}
      />
      <div className="quick">
        {quick.map((one) => {
          const pages = one === "this" ? String(page) : t(`desk.range.${one}`);
          return (
            <button
              key={one}
              type="button"
              aria-pressed={plainRange(mark.pages) === plainRange(pages)}
              data-testid={`pages-${one}`}
              onClick={() => onChange(mark.key, { pages })}
            >
              {t(`desk.quick.${one}`)}
            </button>
          );
        })}
      </div>
    </section>
  );
}

function Signer({ certificates, certificate, onCertificate, reason, onReason }: Props) {
  const { t } = useTranslation();
  return (
    <section className="card stack tight">
      {certificates.length === 0 ? (
        <p className="small sub">
          {t("desk.noCertificate")}　<Link to="/certificates">{t("nav.certificates")}</Link>
        </p>
      ) : (
        <NativeSelect
          size="xs"
          label={t("desk.certificate")}
          data-testid="sign-certificate"
          value={certificate?.id ?? ""}
          data={certificates.map((one) => ({
            value: one.id,
            label: t("common.aside", { words: one.owner_name ?? "", aside: t(`certificateKind.${one.kind}`) }),
          }))}
          onChange={(event) => onCertificate(event.currentTarget.value)}
        />
      )}
      <TextInput
        size="xs"
        label={t("common.aside", { words: t("desk.reason"), aside: t("common.optional") })}
        data-testid="sign-reason"
        value={reason}
        onChange={(event) => onReason(event.currentTarget.value)}
      />
    </section>
  );
}

const dots: Record<CheckView["level"], string> = { ok: "dot", warning: "dot warn", problem: "dot bad" };

function Checks({ checks }: Props) {
  const { t } = useTranslation();
  return (
    <section className="card" aria-labelledby="checks">
      <h2 id="checks">{t("desk.checks")}</h2>
      {checks.isError ? (
        <FailureNote error={checks.error} onRetry={() => void checks.refetch()} />
      ) : (
        <ul className="checks" aria-live="polite">
          {(checks.data ?? []).map((check) => (
            <Check key={check.code} check={check} />
          ))}
          {checks.data === undefined && <li>{t("desk.checksWait")}</li>}
        </ul>
      )}
    </section>
  );
}

function Check({ check }: { check: CheckView }) {
  const { t, language } = useTranslation();
  const facts = { ...check.params };
  const code = check.params.failure;
  const remedy =
    check.level === "problem" && code
      ? failureWords(new Failure({ code: code as Failure["code"], params: check.params, incident: "" }), t, language)
      : null;
  return (
    <li data-level={check.level} data-testid={`check-${check.code}`}>
      <span className={dots[check.level]} aria-hidden="true" />
      <span>
        {t(`check.${check.code}.${check.level}`, facts)}
        {remedy && (
          <>
            <br />
            <span className="small">{remedy.next}</span>
          </>
        )}
      </span>
    </li>
  );
}
