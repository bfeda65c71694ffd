// Everything that can be done with a certificate, and why not now.
import { Button, Menu } from "@mantine/core";
import type { CertificateAction, CertificateActionView, CertificateView } from "../bindings";
import { day } from "../format/time";
import { codeWords, type Translate, useTranslation } from "../words/words";

type Props = { certificate: CertificateView; onChoose: (action: CertificateAction) => void };

export function CertificateMenu({ certificate, onChoose }: Props) {
  const { t } = useTranslation();
  const name = certificate.owner_name ?? t("certificates.notOwner");
  return (
    <Menu withinPortal shadow="md" position="bottom-end" width={290}>
      <Menu.Target>
        <Button
          size="compact-sm"
          variant="default"
          aria-label={`${t("certificates.more")} ${name}`}
          data-testid={`more-${certificate.id}`}
        >
          {t("certificates.more")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {certificate.actions.map((offer) => (
          <Menu.Item
            key={offer.action}
            disabled={offer.why_not !== null}
            color={offer.action === "revoke" ? "red" : undefined}
            data-testid={`${offer.action}-${certificate.id}`}
            onClick={() => onChoose(offer.action)}
          >
            {t(`certificates.action.${offer.action}`)}
            {offer.why_not !== null && <div className="small muted">{whyNot(offer, t)}</div>}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** Why an action is not possible, with the day from which it is. */
function whyNot({ action, why_not, from }: CertificateActionView, t: Translate): string {
  if (why_not === "too_early" && from) return t("certificates.tooEarly", { date: day(from) });
  if (why_not === "pin_locked" && action !== "reissue") return t("certificates.lockedFirst");
  return codeWords("certificates.why", why_not ?? "") ?? "—";
}
