// After signing: the new file, where it is, and its verification.
import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { commands, type SignedView } from "../bindings";
import { call } from "../bridge/failure";
import { groupedHex } from "../format/figures";
import { CopyButton, Head } from "../parts/Pieces";
import { FailureNote } from "../parts/States";
import { Findings } from "../screens/Verify";
import { useTranslation } from "../words/words";
import { HandBack } from "./ScanBanner";

export function SignedResult({ signed, documentId }: { signed: SignedView; documentId: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const reveal = useMutation({ mutationFn: () => call(commands.revealSavedFile(signed.saved_id)) });
  return (
    <>
      <Head title={t("desk.doneTitle")} sub={t("desk.checked")} testId="signed">
        <Button variant="default" data-testid="sign-again" onClick={() => void navigate("/desk")}>
          {t("desk.doneAgain")}
        </Button>
        <Button data-testid="open-folder" loading={reveal.isPending} onClick={() => reveal.mutate()}>
          {t("common.openFolder")}
        </Button>
      </Head>
      <div className="main" style={{ padding: "0 0 20px" }}>
        <HandBack documentId={documentId} signedId={signed.document.id} />
        <section className="card stack tight">
          <strong className="breaks" data-testid="output-name">
            {signed.output_name}
          </strong>
          <span className="sub breaks">
            {t("desk.where", { folder: signed.folder })} ·{" "}
            {signed.marks > 0 ? t("desk.doneMarks", { count: signed.marks }) : t("desk.quiet")}
          </span>
          <span className="row between small">
            <span>
              <span className="muted">{t("desk.hash")}　</span>
              <span className="mono">{groupedHex(signed.sha256)}</span>
            </span>
            <CopyButton text={signed.sha256} name={t("desk.hash")} />
          </span>
        </section>
        {reveal.isError && <FailureNote error={reveal.error} />}
        <Findings view={signed.verification} />
      </div>
    </>
  );
}
