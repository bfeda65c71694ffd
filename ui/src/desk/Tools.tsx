// The right column of the desk: seals, marks, position, certificate and the checks before signing.
import { NativeSelect, TextInput } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { Link } from "react-router";
import type { CertificateView, CheckView, ContentInput, DocumentView, PlaceInput, SealView } from "../bindings";
import { Failure } from "../bridge/failure";
import { sealPicture } from "../bridge/pictures";
import { FailureNote, Waiting } from "../parts/States";
import { failureWords } from "../words/failure_words";
import { useTranslation } from "../words/words";
import { Editor } from "./Editor";
import { ItemList } from "./ItemList";
import { INK, type Item, type Preview, type SealShelf, TEXT_PT } from "./items";
import type { PointMm } from "./placement";

type Props = {
  document: DocumentView;
  page: number;
  onPage: (page: number) => void;
  shelf: SealView[];
  seals: SealShelf;
  loading: boolean;
  failed: unknown;
  sealId: string | null;
  onSeal: (id: string | null) => void;
  onPlace: (seal: SealView, middle: PointMm) => void;
  onAdd: (content: ContentInput, place: PlaceInput) => void;
  onAddSeal: (seal: SealView, place: PlaceInput) => void;
  items: Item[];
  preview: Preview | undefined;
  counted: Map<string, number>;
  total: number;
  selected: string | null;
  onSelect: (key: string | null) => void;
  onChange: (key: string, part: Partial<Item>) => void;
  onRemove: (key: string) => void;
  onUse: (items: Omit<Item, "key">[]) => void;
  canUndo: boolean;
  canRedo: boolean;
  onUndo: () => void;
  onRedo: () => void;
  certificates: CertificateView[];
  certificate: CertificateView | undefined;
  onCertificate: (id: string) => void;
  reason: string;
  onReason: (reason: string) => void;
  checks: UseQueryResult<CheckView[]>;
};

export function Tools(props: Props) {
  const { onChange } = props;
  const item = props.items.find((one) => one.key === props.selected);
  return (
    <div className="tools">
      <Shelf {...props} />
      <ItemList {...props} />
      {item && (
        <Editor
          key={item.key}
          {...props}
          item={item}
          onContent={(content) => onChange(item.key, { content })}
          onPlace={(place) => onChange(item.key, { place })}
        />
      )}
      <Signer {...props} />
      <Checks {...props} />
    </div>
  );
}

/** What can be added: the chosen seal (or the only one) here, at words or along a seam, and text and dates. */
function Adders({ document, page, shelf, sealId, onPlace, onAdd, onAddSeal }: Props) {
  const { t } = useTranslation();
  const usable = shelf.filter((one) => one.state !== "rejected");
  const seal = usable.find((one) => one.id === sealId) ?? (usable.length === 1 ? usable[0] : undefined);
  const view = document.pages[page - 1];
  if (!view) return null;
  const here: PlaceInput = {
    kind: "at",
    pages: String(page),
    x_mm: Math.round(view.width_mm * 0.55),
    y_mm: Math.round(view.height_mm * 0.75),
  };
  const withSeal = (add: (seal: SealView) => void) => ({
    disabled: !seal,
    title: seal ? undefined : t("desk.chooseSeal"),
    onClick: () => seal && add(seal),
  });
  return (
    <div className="quick adders">
      <button
        type="button"
        data-testid="mark-add"
        {...withSeal((one) => onPlace(one, { x: view.width_mm / 2, y: view.height_mm / 2 }))}
      >
        {t("desk.addMark")}
      </button>
      <button
        type="button"
        data-testid="keyword-add"
        {...withSeal((one) =>
          onAddSeal(one, {
            kind: "keyword",
            word: "",
            hits: "all",
            pages: t("desk.range.all"),
            anchor: "center",
            dx_mm: 0,
            dy_mm: 0,
          }),
        )}
      >
        {t("desk.keyword")}
      </button>
      <button
        type="button"
        data-testid="seam-add"
        {...withSeal((one) =>
          onAddSeal(one, {
            kind: "seam",
            pages: t("desk.range.all"),
            side: "right",
            pages_per_group: null,
            odd_pages_only: false,
            skip_cover: false,
            along_mm: null,
          }),
        )}
      >
        {t("desk.kind.seam")}
      </button>
      <button
        type="button"
        data-testid="text-add"
        onClick={() => onAdd({ kind: "text", text: t("desk.textExample"), size_pt: TEXT_PT, color: INK }, here)}
      >
        {t("desk.kind.text")}
      </button>
      <button
        type="button"
        data-testid="date-add"
        onClick={() => onAdd({ kind: "date", pattern: "chinese", size_pt: TEXT_PT, color: INK }, here)}
      >
        {t("desk.kind.date")}
      </button>
    </div>
  );
}

function Shelf(props: Props) {
  const { shelf, loading, failed, sealId, onSeal } = props;
  const { t } = useTranslation();
  return (
    <section className="card" aria-labelledby="shelf">
      <h2 id="shelf">{t("desk.shelf")}</h2>
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
            disabled={seal.state === "rejected"}
            data-testid={`shelf-${seal.id}`}
            onClick={() => onSeal(seal.id === sealId ? null : seal.id)}
          >
            <span className="paperwhite">
              <img src={sealPicture(seal.picture)} alt="" data-origin={seal.origin} />
            </span>
            {seal.name}
            <small>
              {Math.round(seal.width_mm)} mm · {t(`sealState.${seal.state}`)}
            </small>
          </button>
        ))}
      </div>
      <Adders {...props} />
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
