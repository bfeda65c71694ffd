// Certificates on tokens (UKey): which driver, what is plugged in, and taking one into use.
import { Button, Modal } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { commands, type TokenCertificateView, type TokenView } from "../bindings";
import { call } from "../bridge/failure";
import { keys } from "../bridge/keys";
import { useTokens } from "../bridge/queries";
import { day } from "../format/time";
import { Tag } from "../parts/Pieces";
import { Asked, FailureNote } from "../parts/States";
import { useTranslation } from "../words/words";

export function TokenDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const query = useTokens();
  const choose = useMutation({
    mutationFn: () => call(commands.chooseTokenDriver()),
    onSuccess: (found) => found !== null && client.setQueryData(keys.tokens, found),
  });
  const driver = query.data?.driver ?? null;
  return (
    <Modal
      opened
      onClose={onClose}
      title={<strong>{t("token.title")}</strong>}
      size={620}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <div className="stack" data-testid="token-dialog">
        <p className="sub">{t("token.text")}</p>
        <section className="row between start">
          <div className="grow">
            <p className="small sub">{t("token.driver")}</p>
            <p className={driver ? "mono breaks" : "small"}>{driver ?? t("token.driverNone")}</p>
            {!driver && <p className="small muted">{t("token.driverWarn")}</p>}
          </div>
          <Button
            variant="default"
            size="compact-sm"
            data-testid="token-driver"
            loading={choose.isPending}
            onClick={() => choose.mutate()}
          >
            {t(driver ? "token.other" : "token.choose")}
          </Button>
        </section>
        {choose.isError && <FailureNote error={choose.error} />}
        <Asked query={query}>
          {(found) =>
            found.driver === null ? null : found.tokens.length === 0 ? (
              <p className="note" role="status" data-testid="token-none">
                {t("token.none")}
              </p>
            ) : (
              found.tokens.map((token) => (
                <Token key={`${token.serial}:${token.label}`} token={token} onUsed={onClose} />
              ))
            )
          }
        </Asked>
        <div className="buttons end">
          {driver && (
            <Button
              variant="default"
              data-testid="token-again"
              loading={query.isFetching}
              onClick={() => void query.refetch()}
            >
              {t("token.again")}
            </Button>
          )}
          <Button variant="default" onClick={onClose}>
            {t("common.close")}
          </Button>
        </div>
      </div>
    </Modal>
  );
}

function Token({ token, onUsed }: { token: TokenView; onUsed: () => void }) {
  const { t } = useTranslation();
  const tone = { untouched: "ok", some_tries_left: "warn", last_try: "bad", locked: "bad" } as const;
  return (
    <section className="card stack tight" data-testid="token">
      <div className="row between start">
        <div className="grow">
          <p className="breaks">
            <strong>{token.label}</strong>
          </p>
          <p className="small muted breaks">
            {token.maker}
            {t("common.dot")}
            {t("token.serial", { serial: token.serial })}
          </p>
        </div>
        <Tag tone={tone[token.pin]}>{t(`token.pinState.${token.pin}`)}</Tag>
      </div>
      {token.certificates.length === 0 && <p className="small sub">{t("token.empty")}</p>}
      {token.certificates.map((one) => (
        <OnToken key={one.fingerprint} certificate={one} onUsed={onUsed} />
      ))}
    </section>
  );
}

const reasons = ["here_already", "expired", "key_kind"] as const;

function OnToken({ certificate, onUsed }: { certificate: TokenCertificateView; onUsed: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const use = useMutation({
    mutationFn: () => call(commands.takeTokenCertificate(certificate.fingerprint)),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: keys.tokens });
      onUsed();
    },
  });
  const why = reasons.find((reason) => reason === certificate.why_not);
  return (
    <>
      <div className="row between start" data-testid="token-certificate">
        <div className="grow">
          <p className="breaks">{certificate.owner_name}</p>
          <p className="small sub breaks">
            {certificate.issuer}
            {t("common.dot")}
            {t("token.until", { date: day(certificate.valid_to) })}
            {t("common.dot")}
            {certificate.key_algorithm}
          </p>
        </div>
        {why ? (
          <span className="small sub">{t(`token.why.${why}`)}</span>
        ) : (
          <Button size="compact-sm" data-testid="token-use" loading={use.isPending} onClick={() => use.mutate()}>
            {t("token.use")}
          </Button>
        )}
      </div>
      {use.isError && <FailureNote error={use.error} />}
    </>
  );
}
