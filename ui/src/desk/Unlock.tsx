// A locked file asks for its password; a damaged one offers a repaired copy.
import { Button, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useRef } from "react";
import { useNavigate } from "react-router";
import { commands, type DocumentView } from "../bindings";
import { call } from "../bridge/failure";
import { keys } from "../bridge/keys";
import { takePin } from "../parts/PinInput";
import { FailureNote } from "../parts/States";
import { useTranslation } from "../words/words";

/** The password goes from the input straight into the call; React never holds it. */
export function Unlock({ document }: { document: DocumentView }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const input = useRef<HTMLInputElement>(null);
  const unlock = useMutation({
    mutationFn: () => call(commands.unlockDocument(document.id, takePin(input.current))),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.documents }),
    onError: () => input.current?.focus(),
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    unlock.mutate();
  };
  return (
    <form className="card stack unlock" onSubmit={send} noValidate data-testid="unlock">
      <h2>{t("desk.locked")}</h2>
      <p className="sub">{t("desk.lockedHint")}</p>
      <TextInput
        ref={input}
        type="password"
        label={t("desk.password")}
        autoComplete="off"
        autoFocus
        data-testid="pdf-password"
      />
      {unlock.isError && <FailureNote error={unlock.error} />}
      <div className="buttons">
        <Button type="submit" loading={unlock.isPending} data-testid="unlock-open">
          {t("desk.unlock")}
        </Button>
      </div>
    </form>
  );
}

export function Repair({ document }: { document: DocumentView }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const client = useQueryClient();
  const repair = useMutation({
    mutationFn: () => call(commands.repairDocument(document.id)),
    onSuccess: async (copy) => {
      await client.invalidateQueries({ queryKey: keys.documentList });
      void navigate(`/desk/${copy.id}`);
    },
  });
  return (
    <div className="note warn stack tight" data-testid="can-repair">
      <strong>{t("desk.damaged")}</strong>
      <span>
        {t("desk.damagedHint")}
        {document.is_encrypted && t("desk.damagedLocked")}
      </span>
      {repair.isError && <FailureNote error={repair.error} />}
      <div className="buttons">
        <Button size="compact-sm" loading={repair.isPending} data-testid="repair" onClick={() => repair.mutate()}>
          {t("desk.repair")}
        </Button>
      </div>
    </div>
  );
}
