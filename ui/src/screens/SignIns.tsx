// Where this account is signed in: this device marked, an end on another one, an end on all.
import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { commands, type SignInView } from "../bindings";
import { call } from "../bridge/failure";
import { keys } from "../bridge/keys";
import { left, useSignIns } from "../bridge/queries";
import { minute } from "../format/time";
import { FormDialog } from "../parts/Dialogs";
import { Tag } from "../parts/Pieces";
import { Asked, FailureNote } from "../parts/States";
import { useTranslation } from "../words/words";

export function SignIns() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const query = useSignIns();
  const [all, setAll] = useState(false);
  const end = useMutation({
    mutationFn: (id: string) => call(commands.endSignIn(id)),
    onSuccess: (others) => client.setQueryData(keys.signIns, others),
    onError: () => void query.refetch(),
  });
  return (
    <section className="card stack" aria-labelledby="sign-ins">
      <div className="row between">
        <h2 id="sign-ins">{t("settings.signIns")}</h2>
        <Button variant="default" size="compact-sm" data-testid="sign-out-everywhere" onClick={() => setAll(true)}>
          {t("settings.signOutEverywhere")}
        </Button>
      </div>
      <p className="small sub">{t("settings.signInsText")}</p>
      {end.isError && <FailureNote error={end.error} />}
      <Asked query={query}>
        {(list) => (
          <ul className="roots" data-testid="sign-ins">
            {list.map((one) => (
              <li key={one.id} className="row between start">
                <Device one={one} />
                {!one.current && (
                  <Button
                    variant="default"
                    size="compact-sm"
                    data-testid={`end-${one.device_name}`}
                    aria-label={t("settings.endSignInOne", { name: one.device_name || t("settings.unnamedDevice") })}
                    loading={end.isPending && end.variables === one.id}
                    onClick={() => end.mutate(one.id)}
                  >
                    {t("settings.endSignIn")}
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
      </Asked>
      {all && <Everywhere onClose={() => setAll(false)} />}
    </section>
  );
}

function Device({ one }: { one: SignInView }) {
  const { t } = useTranslation();
  return (
    <div className="grow">
      <p className="breaks">
        <strong>{one.device_name || t("settings.unnamedDevice")}</strong>{" "}
        {one.current && <Tag tone="ok">{t("settings.thisWindow")}</Tag>}
        {!one.current && one.this_device && <Tag tone="info">{t("settings.thisDevice")}</Tag>}
      </p>
      <p className="small sub">
        {t("settings.lastUsed", { time: minute(one.last_used_at) })}
        {t("common.dot")}
        {t("settings.signedInAt", { time: minute(one.opened_at) })}
      </p>
    </div>
  );
}

function Everywhere({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const out = useMutation({
    mutationFn: () => call(commands.signOutEverywhere()),
    onSuccess: (session) => left(client, session),
  });
  return (
    <FormDialog
      title={t("settings.everywhereTitle")}
      opened
      onClose={onClose}
      onSubmit={() => out.mutate()}
      submit={t("settings.signOutEverywhere")}
      busy={out.isPending}
      error={out.error}
    >
      <p>{t("settings.everywhereText")}</p>
    </FormDialog>
  );
}
