// The dialog that belongs to each action on a certificate.
import { useMutation } from "@tanstack/react-query";
import { type AccountView, type CertificateAction, type CertificateView, commands } from "../bindings";
import { call } from "../bridge/failure";
import { FormDialog } from "../parts/Dialogs";
import { useTranslation } from "../words/words";
import { AssignDialog } from "./AssignDialog";
import { CertificateDrawer } from "./CertificateDrawer";
import { ExtendDialog } from "./ExtendDialog";
import { HolderDialog } from "./HolderDialog";
import { ImportDialog } from "./ImportDialog";
import { ExportKeyDialog } from "./KeyFileDialogs";
import { PinDialog } from "./PinDialog";
import { ReissueDialog } from "./ReissueDialog";
import { RevokeDialog } from "./RevokeDialog";

/** What was chosen for which certificate. */
export type Opened = {
  what: "assign" | "import" | "detail" | Exclude<CertificateAction, "export_certificate" | "calendar">;
  certificate: CertificateView;
};

export function CertificateDialogs({
  opened,
  account,
  onClose,
}: {
  opened: Opened;
  account: AccountView;
  onClose: () => void;
}) {
  const { certificate } = opened;
  const props = { certificate, onClose };
  switch (opened.what) {
    case "assign":
      return <AssignDialog {...props} account={account} />;
    case "import":
      return <ImportDialog {...props} />;
    case "detail":
      return <CertificateDrawer {...props} />;
    case "change_holder":
      return <HolderDialog {...props} />;
    case "extend":
      return <ExtendDialog {...props} />;
    case "reissue":
      return <ReissueDialog {...props} />;
    case "revoke":
      return <RevokeDialog {...props} />;
    case "change_pin":
      return <PinDialog {...props} />;
    case "export_key":
      return <ExportKeyDialog {...props} />;
    case "remove":
      return <RemoveDialog {...props} />;
  }
}

function RemoveDialog({ certificate, onClose }: { certificate: CertificateView; onClose: () => void }) {
  const { t } = useTranslation();
  const run = useMutation({
    mutationFn: () => call(commands.removeBroughtCertificate(certificate.id)),
    onSuccess: onClose,
  });
  return (
    <FormDialog
      title={t("keyFile.remove")}
      opened
      onClose={onClose}
      onSubmit={() => run.mutate()}
      submit={t("keyFile.removeSubmit")}
      busy={run.isPending}
      error={run.error}
    >
      <p>
        <strong>{certificate.owner_name}</strong>
      </p>
      <p className="note warn">{t(certificate.token === null ? "keyFile.removeText" : "token.removeText")}</p>
    </FormDialog>
  );
}
