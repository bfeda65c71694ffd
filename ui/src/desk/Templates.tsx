// Plans kept under a name: use one again, keep the present one, forget one.
import { Button, Modal, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { commands } from "../bindings";
import { call } from "../bridge/failure";
import { keys } from "../bridge/keys";
import { usePlanTemplates } from "../bridge/queries";
import { minute } from "../format/time";
import { Asked, FailureNote } from "../parts/States";
import { useTranslation } from "../words/words";
import { type Item, plainItems } from "./items";

type Props = { items: Item[]; onUse: (items: Omit<Item, "key">[]) => void; onClose: () => void };

export function Templates({ items, onUse, onClose }: Props) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const query = usePlanTemplates();
  const [name, setName] = useState("");
  const changed = { onSuccess: () => client.invalidateQueries({ queryKey: keys.planTemplates }) };
  const keep = useMutation({
    mutationFn: () => call(commands.keepPlanTemplate(name, plainItems(items))),
    onSuccess: () => {
      setName("");
      return client.invalidateQueries({ queryKey: keys.planTemplates });
    },
  });
  const remove = useMutation({ mutationFn: (id: string) => call(commands.removePlanTemplate(id)), ...changed });
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() && items.length > 0) keep.mutate();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={<strong>{t("desk.templates")}</strong>}
      size={480}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <div className="stack">
        <p className="sub">{t("desk.templatesHint")}</p>
        <Asked query={query}>
          {(list) =>
            list.length === 0 ? (
              <p className="small sub" data-testid="no-templates">
                {t("desk.noTemplates")}
              </p>
            ) : (
              <ul className="plainlist">
                {list.map((one) => (
                  <li key={one.id} className="row between" data-testid={`template-${one.name}`}>
                    <span className="breaks">
                      <strong>{one.name}</strong>{" "}
                      <span className="small muted">
                        {t("desk.templateItems", { count: one.items.length })} · {minute(one.created)}
                      </span>
                    </span>
                    <span className="buttons">
                      <Button
                        size="compact-sm"
                        data-testid="use-template"
                        onClick={() => {
                          onUse(one.items);
                          onClose();
                        }}
                      >
                        {t("desk.useTemplate")}
                      </Button>
                      <Button
                        size="compact-sm"
                        variant="default"
                        aria-label={`${t("common.remove")} ${one.name}`}
                        onClick={() => remove.mutate(one.id)}
                      >
                        {t("common.remove")}
                      </Button>
                    </span>
                  </li>
                ))}
              </ul>
            )
          }
        </Asked>
        <form className="row bottom" onSubmit={send} noValidate>
          <TextInput
            className="grow"
            label={t("desk.templateName")}
            description={items.length === 0 ? t("desk.templateEmpty") : undefined}
            maxLength={40}
            data-testid="template-name"
            value={name}
            disabled={items.length === 0}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button
            type="submit"
            variant="default"
            data-testid="keep-template"
            loading={keep.isPending}
            disabled={!name.trim() || items.length === 0}
          >
            {t("desk.keepTemplate")}
          </Button>
        </form>
        {keep.isError && <FailureNote error={keep.error} />}
        {remove.isError && <FailureNote error={remove.error} />}
      </div>
    </Modal>
  );
}
