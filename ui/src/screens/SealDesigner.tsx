// The seal designer: any kind of seal with words of one's own, shown at its true size, saved as a draft only. It needs
// no account and no network.
import { Button, Menu } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useNavigate } from "react-router";
import { commands, type SealDraftInput, type SealFormat, type SealPreviewView } from "../bindings";
import { call } from "../bridge/failure";
import { drawing } from "../bridge/pictures";
import { useDraftPreview } from "../bridge/queries";
import { millimetres } from "../format/figures";
import { Head, SavedNote } from "../parts/Pieces";
import { FailureNote, Waiting } from "../parts/States";
import { useTranslation } from "../words/words";
import { DraftFields, startDraft } from "./SealDraftFields";

/** The designer before anybody is signed in, on a page of its own. */
export function OfflineDesigner() {
  return (
    <main className="main">
      <SealDesigner back="/" />
    </main>
  );
}

/** The designer; `back` is where its way out leads. */
export function SealDesigner({ back }: { back: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [input, setInput] = useState<SealDraftInput>(() => startDraft("round", t));
  const [shown] = useDebouncedValue(input, 200);
  const preview = useDraftPreview(shown);
  const save = useMutation({ mutationFn: (format: SealFormat) => call(commands.exportDraftSeal(input, format)) });
  const submit = (event: FormEvent) => event.preventDefault();
  return (
    <>
      <Head title={t("designer.title")} sub={t("designer.sub")} testId="designer">
        <Button variant="default" data-testid="designer-back" onClick={() => void navigate(back)}>
          {t(back === "/" ? "designer.backToSignIn" : "designer.backToSeals")}
        </Button>
        <Export
          disabled={preview.isError || preview.data === undefined}
          busy={save.isPending}
          onSave={(format) => save.mutate(format)}
        />
      </Head>
      {save.isError && <FailureNote error={save.error} />}
      {save.data && <SavedNote saved={save.data} />}
      <section className="card">
        <form className="designer" onSubmit={submit}>
          <DraftFields input={input} onChange={setInput} />
          <div className="stack">
            {preview.isError ? (
              <FailureNote error={preview.error} />
            ) : preview.data ? (
              <Sheet view={preview.data} />
            ) : (
              <Waiting text={t("seals.waiting")} />
            )}
            <p className="small muted">{t("designer.draftHint")}</p>
          </div>
        </form>
      </section>
    </>
  );
}

function Export({
  disabled,
  busy,
  onSave,
}: {
  disabled: boolean;
  busy: boolean;
  onSave: (format: SealFormat) => void;
}) {
  const { t } = useTranslation();
  const formats: [SealFormat, string][] = [
    ["svg", "SVG"],
    ["png300", t("seals.exportPng", { dpi: 300 })],
    ["png600", t("seals.exportPng", { dpi: 600 })],
    ["pdf", "PDF"],
  ];
  return (
    <Menu withinPortal shadow="md" position="bottom-end">
      <Menu.Target>
        <Button data-testid="designer-export" disabled={disabled} loading={busy}>
          {t("designer.export")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {formats.map(([format, label]) => (
          <Menu.Item key={format} data-testid={`designer-${format}`} onClick={() => onSave(format)}>
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** The drawing on paper, enlarged to look at and beside it at its true size (a CSS millimetre). */
function Sheet({ view }: { view: SealPreviewView }) {
  const { t } = useTranslation();
  const size = { width: millimetres(view.width_mm), height: millimetres(view.height_mm) };
  const address = drawing(view.svg);
  return (
    <>
      <div className="designsheets">
        <figure>
          <div className="paperwhite">
            <img src={address} alt={view.text} data-testid="draft-preview" className="large" />
          </div>
          <figcaption className="small muted">{t("designer.large")}</figcaption>
        </figure>
        <figure>
          <div className="paperwhite">
            <img src={address} alt="" style={{ width: `${view.width_mm}mm`, height: `${view.height_mm}mm` }} />
          </div>
          <figcaption className="small muted">{t("designer.trueSize", size)}</figcaption>
        </figure>
      </div>
      {view.fallback_characters && (
        <p className="small note warn" data-testid="draft-fallback">
          {t("seals.fallback", { characters: view.fallback_characters })}
        </p>
      )}
    </>
  );
}
