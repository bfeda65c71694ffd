// A photo of a seal or signature becomes a seal: look, compare, crop, turn, declare, send to review.
import { Button, SegmentedControl } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useEffect, useMemo, useState } from "react";
import { Link, useLocation, useNavigate, useParams, useSearchParams } from "react-router";
import {
  type CertificateView,
  commands,
  type PhotoBox,
  type SealKind,
  type SealPhotoView,
  type SealView,
} from "../bindings";
import { asFailure, call, Failure } from "../bridge/failure";
import { useCertificates, useCleanedPhoto, useSealNotice, useSealPhoto, useSeals } from "../bridge/queries";
import { useHistory, useHistoryKeys } from "../desk/history";
import { count, millimetres } from "../format/figures";
import { Head } from "../parts/Pieces";
import { Asked, FailureNote } from "../parts/States";
import { Notice } from "../screens/Seals";
import { useTranslation } from "../words/words";
import { Compare } from "./Compare";
import { CropFrame } from "./CropFrame";
import { middle, widened } from "./crop";
import { Declare } from "./Declare";
import { PhotoTools, Steps } from "./PhotoTools";
import { Stage } from "./Stage";
import { certificateFor, cleanInput, kindFor, noWishes, type Wishes } from "./wishes";

/** How much of the photo is seen around the mark, as a share of its longer side. */
const AROUND = 0.12;
/** The same around that for cropping. */
const ROOM = 0.6;

export function PhotoScreen() {
  const { id = "" } = useParams();
  const query = useSealPhoto(id);
  const notice = useSealNotice();
  useEffect(() => {
    // The photo is held in memory only as long as it is worked on.
    return () => void commands.closeSealPhoto(id);
  }, [id]);
  return (
    <Asked query={query}>
      {(photo) =>
        photo.refusal ? (
          <Titled photo={photo} actions={<Another photo={photo} />}>
            <FailureNote error={new Failure(photo.refusal)} />
          </Titled>
        ) : (
          <Asked query={notice}>
            {(view) =>
              view.agreed_at === null ? (
                <Titled photo={photo}>
                  <Notice notice={view} />
                </Titled>
              ) : (
                <Work key={photo.id} photo={photo} />
              )
            }
          </Asked>
        )
      }
    </Asked>
  );
}

function Titled({ photo, actions, children }: { photo: SealPhotoView; actions?: ReactNode; children: ReactNode }) {
  const { t } = useTranslation();
  const size = photo.width > 0 ? ` · ${count(photo.width)} × ${count(photo.height)}` : "";
  return (
    <>
      <Head
        title={t("photo.title")}
        testId="photo"
        crumb={<Link to="/seals">{t("seals.title")}</Link>}
        sub={<span className="breaks">{`${photo.file_name}${size}`}</span>}
      >
        {actions}
      </Head>
      {children}
    </>
  );
}

/** Another photo in place of this one. */
function Another({ photo }: { photo: SealPhotoView }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { search } = useLocation();
  const choose = useMutation({
    mutationFn: () => call(commands.chooseSealPhoto()),
    onSuccess: (next) => next && void navigate(`/seals/photo/${next.id}${search}`, { replace: true }),
  });
  return (
    <Button
      variant={photo.refusal ? "filled" : "default"}
      data-testid="photo-another"
      loading={choose.isPending}
      onClick={() => choose.mutate()}
    >
      {t("photo.another")}
    </Button>
  );
}

function Work({ photo }: { photo: SealPhotoView }) {
  const { t } = useTranslation();
  const [search] = useSearchParams();
  const seals = useSeals();
  const former = seals.data?.find((one) => one.id === search.get("replaces"));
  const list = useCertificates();
  const certificates = useMemo(
    () =>
      (list.data ?? []).filter(
        (one) => one.here && !one.other_authority && (one.state === "active" || one.state === "expiring"),
      ),
    [list.data],
  );
  const { now: own, act, undo, redo, canUndo, canRedo } = useHistory<Wishes>(noWishes);
  useHistoryKeys(undo, redo);
  const wishes = useMemo(() => withFormer(own, former), [own, former]);
  const input = useMemo(() => cleanInput(photo.id, wishes), [photo.id, wishes]);
  const [settled] = useDebouncedValue(input, 200);
  const query = useCleanedPhoto(settled);
  const cleaned = query.isError ? undefined : query.data?.view;
  const lost = query.isError && asFailure(query.error).code === "photo_no_mark";
  const [mode, setMode] = useState<"compare" | "crop">("compare");
  useEffect(() => {
    if (lost) setMode("crop");
  }, [lost]);
  const [sending, setSending] = useState(false);
  const offered = former ? certificates.filter((one) => one.id === former.certificate_id) : certificates;
  const certificate = certificateFor(wishes, offered, cleaned);
  const kind = kindFor(wishes, certificate, cleaned);
  const wish = (part: Partial<Wishes>, tag?: string) => act((now) => ({ ...now, ...part }), tag);
  const around = cleaned ? widened(cleaned.place, AROUND, photo) : null;
  const crop = wishes.crop ?? (around && !lost ? around : middle(photo));
  // The frame moves on a view that stands still: around what was found first.
  const [found, setFound] = useState<PhotoBox | null>(null);
  if (found === null && around !== null) setFound(around);
  const view = found && !lost ? widened(found, ROOM, photo) : { x: 0, y: 0, width: photo.width, height: photo.height };
  const comparing = mode === "compare" && cleaned && around;
  const settledNow = settled === input && !query.isFetching;
  return (
    <Titled
      photo={photo}
      actions={
        <>
          <Another photo={photo} />
          <Button
            data-testid="photo-submit"
            disabled={!cleaned || !certificate || !settledNow}
            onClick={() => setSending(true)}
          >
            {t("photo.submit")}
          </Button>
        </>
      }
    >
      {former && <p className="note info">{t("photo.replaces", { name: former.name })}</p>}
      <div className="desk photodesk">
        <div className="photostage">
          <div className="row between photobar">
            <SegmentedControl
              size="xs"
              aria-label={t("photo.mode")}
              data-testid="photo-mode"
              value={mode}
              data={[
                { value: "compare", label: t("photo.compare") },
                { value: "crop", label: t("photo.crop") },
              ]}
              onChange={(value) => setMode(value === "crop" ? "crop" : "compare")}
            />
            <span className="buttons">
              {mode === "crop" && wishes.crop !== null && (
                <Button
                  size="compact-sm"
                  variant="default"
                  data-testid="crop-auto"
                  onClick={() => wish({ crop: null })}
                >
                  {t("photo.cropAuto")}
                </Button>
              )}
              {mode === "crop" && wishes.crop === null && lost && (
                <Button size="compact-sm" data-testid="crop-use" onClick={() => wish({ crop })}>
                  {t("photo.cropUse")}
                </Button>
              )}
              <Steps canUndo={canUndo} canRedo={canRedo} onUndo={undo} onRedo={redo} />
            </span>
          </div>
          <Stage photo={photo} focus={comparing ? around : view} view={comparing ? "compare" : mode}>
            {(scale) =>
              comparing ? (
                <Compare photo={photo} cleaned={cleaned} around={around} scale={scale} />
              ) : mode === "crop" ? (
                <CropFrame
                  box={crop}
                  frame={photo}
                  scale={scale}
                  suggested={wishes.crop === null}
                  onChange={(box, tag) => wish({ crop: box }, tag)}
                />
              ) : null
            }
          </Stage>
          <p className="small muted photohint">{t(mode === "crop" ? "photo.cropHint" : "photo.compareHint")}</p>
        </div>
        <PhotoTools
          cleaned={cleaned}
          cleanedTurn={query.data?.turn ?? 0}
          failed={query.isError ? query.error : null}
          busy={query.isFetching}
          wishes={wishes}
          certificates={offered}
          certificate={certificate}
          kind={kind}
          onWish={wish}
        />
      </div>
      {sending && cleaned && certificate && (
        <Send
          wishes={wishes}
          photoId={photo.id}
          certificate={certificate}
          kind={kind}
          size={t("seals.size_mm", { width: millimetres(cleaned.width_mm), height: millimetres(cleaned.height_mm) })}
          former={former}
          onClose={() => setSending(false)}
        />
      )}
    </Titled>
  );
}

/** What takes a former seal's place begins with its kind, certificate and size. */
function withFormer(own: Wishes, former: SealView | undefined): Wishes {
  if (!former) return own;
  return {
    ...own,
    certificateId: former.certificate_id,
    kind: own.kind ?? former.kind,
    widthMm: own.widthMm ?? former.width_mm,
  };
}

type SendProps = {
  wishes: Wishes;
  photoId: string;
  certificate: CertificateView;
  kind: SealKind;
  size: string;
  former: SealView | undefined;
  onClose: () => void;
};

function Send({ wishes, photoId, certificate, kind, size, former, onClose }: SendProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [key] = useState(() => crypto.randomUUID());
  const send = useMutation({
    mutationFn: (declaration: number) =>
      call(
        commands.submitSealPhoto({
          clean: cleanInput(photoId, wishes),
          certificate_id: certificate.id,
          kind,
          declaration_version: declaration,
          replaces: former?.id ?? null,
          idempotency_key: key,
        }),
      ),
    onSuccess: () => void navigate("/seals"),
  });
  return (
    <Declare
      title={t("photo.submit")}
      busy={send.isPending}
      error={send.error}
      onClose={onClose}
      onDeclared={(view) => send.mutate(view.version)}
    >
      <p className="breaks">
        <strong>{certificate.owner_name}</strong> · {t(`sealKind.${kind}`)} · {size}
      </p>
    </Declare>
  );
}
