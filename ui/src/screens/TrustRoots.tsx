// Whom to believe when verifying: where each root comes from, its fingerprint; adding one is confirmed with it in sight.
import { Button, Checkbox } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { commands, type TrustRootView } from "../bindings";
import { call } from "../bridge/failure";
import { keys } from "../bridge/keys";
import { useTrustRoots } from "../bridge/queries";
import { day } from "../format/time";
import { FormDialog } from "../parts/Dialogs";
import { Tag } from "../parts/Pieces";
import { Asked, FailureNote } from "../parts/States";
import { useTranslation } from "../words/words";

export function TrustRoots() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const query = useTrustRoots();
  const [offered, setOffered] = useState<TrustRootView[] | null>(null);
  const keep = (roots: TrustRootView[]) => client.setQueryData(keys.trustRoots, roots);
  const choose = useMutation({ mutationFn: () => call(commands.chooseTrustRoots()), onSuccess: setOffered });
  const remove = useMutation({
    mutationFn: (fingerprint: string) => call(commands.removeTrustRoot(fingerprint)),
    onSuccess: keep,
  });
  return (
    <section className="card stack" aria-labelledby="trust-roots">
      <div className="row between">
        <h2 id="trust-roots">{t("settings.roots")}</h2>
        <Button
          variant="default"
          size="compact-sm"
          data-testid="root-add"
          loading={choose.isPending}
          onClick={() => choose.mutate()}
        >
          {t("settings.rootAdd")}
        </Button>
      </div>
      <p className="small sub">{t("settings.rootsText")}</p>
      {choose.isError && <FailureNote error={choose.error} />}
      {remove.isError && <FailureNote error={remove.error} />}
      <Asked query={query}>
        {(roots) => (
          <ul className="roots">
            {roots.map((root) => (
              <li key={root.fingerprint} className="row between start" data-testid={`root-${root.source}`}>
                <Root root={root} />
                {root.source === "added" && (
                  <Button
                    variant="default"
                    size="compact-sm"
                    data-testid="root-remove"
                    aria-label={t("settings.rootRemoveOne", { name: root.name })}
                    loading={remove.isPending && remove.variables === root.fingerprint}
                    onClick={() => remove.mutate(root.fingerprint)}
                  >
                    {t("settings.rootRemove")}
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
      </Asked>
      {offered && <Offered roots={offered} onClose={() => setOffered(null)} onAdded={keep} />}
    </section>
  );
}

/** Who it is, from where, until when, and the fingerprint in groups that can be read aloud. */
function Root({ root, offered = false }: { root: TrustRootView; offered?: boolean }) {
  const { t } = useTranslation();
  const origin =
    root.source === "platform"
      ? t("settings.rootPlatform")
      : offered
        ? t("settings.rootFrom", { file: root.file_name ?? "" })
        : t("settings.rootAdded", { file: root.file_name ?? "", date: root.added_at ? day(root.added_at) : "" });
  return (
    <div className="grow">
      <p className="breaks">
        <strong>{root.name}</strong>{" "}
        {!offered && (
          <Tag tone={root.source === "platform" ? "ok" : "info"}>
            {root.source === "platform" ? t("settings.rootOwn") : t("settings.rootMine")}
          </Tag>
        )}
      </p>
      <p className="small sub breaks">
        {root.organization && root.organization !== root.name
          ? t("common.aside", { words: root.organization, aside: origin })
          : origin}
        {t("common.dot")}
        {t("settings.rootValid", { from: day(root.valid_from), to: day(root.valid_to) })}
      </p>
      {!root.is_authority && <p className="small sub">{t("settings.rootNoAuthority")}</p>}
      <p className="mono small breaks fingerprint" data-testid="root-fingerprint">
        {grouped(root.fingerprint)}
      </p>
    </div>
  );
}

function grouped(fingerprint: string): string {
  return (fingerprint.toUpperCase().match(/.{1,4}/g) ?? []).join(" ");
}

type OfferedProps = { roots: TrustRootView[]; onClose: () => void; onAdded: (roots: TrustRootView[]) => void };

/** What a chosen file holds, before anything of it is trusted. */
function Offered({ roots, onClose, onAdded }: OfferedProps) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState<string[]>(roots.length === 1 ? roots.map((root) => root.fingerprint) : []);
  const add = useMutation({
    mutationFn: () => call(commands.addTrustRoots(chosen)),
    onSuccess: (kept) => {
      onAdded(kept);
      onClose();
    },
  });
  const toggle = (fingerprint: string, on: boolean) =>
    setChosen(on ? [...chosen, fingerprint] : chosen.filter((one) => one !== fingerprint));
  return (
    <FormDialog
      title={t("settings.rootConfirm")}
      opened
      size={640}
      onClose={onClose}
      onSubmit={() => add.mutate()}
      submit={t("settings.rootTrust")}
      busy={add.isPending}
      ready={chosen.length > 0}
      error={add.error}
    >
      <p className="note warn">{t("settings.rootWarning")}</p>
      {roots.map((root) => (
        <div key={root.fingerprint} className="row start" data-testid="root-offered">
          <Checkbox
            aria-label={root.name}
            checked={chosen.includes(root.fingerprint)}
            onChange={(event) => toggle(root.fingerprint, event.currentTarget.checked)}
          />
          <Root root={root} offered />
        </div>
      ))}
    </FormDialog>
  );
}
