// The file as it was when somebody signed it: its pages and the verdict come from the same bytes.
import { Button, Modal } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { commands, type SignatureView, type SignedRevisionView } from "../bindings";
import { call } from "../bridge/failure";
import { pagePicture } from "../bridge/pictures";
import { PagePicture } from "../desk/PagePicture";
import { Tag } from "../parts/Pieces";
import { FailureNote, Waiting } from "../parts/States";
import { useTranslation } from "../words/words";
import { sentenceOf } from "./sentence";
import { verdictTones } from "./Verify";

/** A button that opens the revision; it is closed again with the dialog. */
export function SignedRevision({ documentId, signature }: { documentId: string; signature: SignatureView }) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  const revision = useMutation({
    mutationFn: () => call(commands.openSignedRevision(documentId, signature.field)),
  });
  const show = () => {
    setOpened(true);
    revision.mutate();
  };
  const close = () => {
    setOpened(false);
    if (revision.data) void call(commands.closeDocument(revision.data.document.id));
    revision.reset();
  };
  return (
    <>
      <Button variant="default" size="compact-sm" data-testid={`revision-${signature.field}`} onClick={show}>
        {t("verify.revision.open")}
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title={<strong>{t("verify.revision.title")}</strong>}
        size={760}
        closeButtonProps={{ "aria-label": t("common.close") }}
      >
        {revision.isPending && <Waiting text={t("verify.checking")} />}
        {revision.isError && <FailureNote error={revision.error} />}
        {revision.data && <Revision view={revision.data} field={signature.field} />}
      </Modal>
    </>
  );
}

function Revision({ view, field }: { view: SignedRevisionView; field: string }) {
  const { t } = useTranslation();
  const [page, setPage] = useState(1);
  const [screen, setScreen] = useState(1);
  useEffect(() => setScreen(window.devicePixelRatio || 1), []);
  const own = view.verification.signatures.find((one) => one.field === field);
  const size = view.document.pages[page - 1];
  const count = view.document.page_count;
  return (
    <div className="stack" data-testid="revision" data-verdict={view.verification.verdict}>
      <p className="sub">{t("verify.revision.sub")}</p>
      {own && (
        <div>
          <Tag tone={verdictTones[own.verdict]}>{t(`verify.verdict.${own.verdict}`)}</Tag>
          <p style={{ marginTop: 4 }}>{sentenceOf(own, t)}</p>
        </div>
      )}
      {size && (
        <div className="revisionPage">
          <div className="sheet" style={{ width: "100%", aspectRatio: `${size.width_mm} / ${size.height_mm}` }}>
            <PagePicture
              key={page}
              page={page}
              address={pagePicture(view.document.id, page, 640 * screen)}
              broken={t("desk.badPicture")}
            />
          </div>
        </div>
      )}
      <div className="row between">
        <Button
          variant="default"
          size="compact-sm"
          data-testid="revision-back"
          disabled={page <= 1}
          onClick={() => setPage(page - 1)}
        >
          {t("verify.revision.back")}
        </Button>
        <span className="muted">{t("verify.revision.page", { page, count })}</span>
        <Button
          variant="default"
          size="compact-sm"
          data-testid="revision-next"
          disabled={page >= count}
          onClick={() => setPage(page + 1)}
        >
          {t("verify.revision.next")}
        </Button>
      </div>
    </div>
  );
}
