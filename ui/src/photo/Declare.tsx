// The declaration that the seal or signature is one's own, read and made before a picture goes to review.
import { Checkbox } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { SealDeclarationView } from "../bindings";
import { useSealDeclaration } from "../bridge/queries";
import { FormDialog } from "../parts/Dialogs";
import { Asked } from "../parts/States";
import { useTranslation } from "../words/words";

type Props = {
  title: string;
  /** What is sent, above the words. */
  children: ReactNode;
  busy: boolean;
  error: unknown;
  onClose: () => void;
  onDeclared: (declaration: SealDeclarationView) => void;
};

export function Declare({ title, children, busy, error, onClose, onDeclared }: Props) {
  const { t } = useTranslation();
  const query = useSealDeclaration();
  const [made, setMade] = useState(false);
  const declaration = query.data;
  return (
    <FormDialog
      title={title}
      opened
      onClose={onClose}
      onSubmit={() => declaration && onDeclared(declaration)}
      submit={t("declare.submit")}
      ready={made && declaration !== undefined}
      busy={busy}
      error={error}
      size={600}
    >
      {children}
      <Asked query={query}>
        {(view) => (
          <>
            <h3 className="small">{t("declare.title", { version: view.version })}</h3>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling text must be reachable from the keyboard. */}
            <div className="notice" tabIndex={0}>
              {view.paragraphs.map((paragraph) => (
                <p key={paragraph}>{paragraph}</p>
              ))}
            </div>
            <Checkbox
              label={t("declare.sure")}
              data-testid="declare-sure"
              checked={made}
              onChange={(event) => setMade(event.currentTarget.checked)}
            />
          </>
        )}
      </Asked>
      <p className="small muted">{t("declare.afterwards")}</p>
    </FormDialog>
  );
}
