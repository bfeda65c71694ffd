// 待发送: what was done here and the platform does not know yet, above every screen, and the list behind it.
import { Button, Drawer } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { commands, type OutboxEntryView, type OutboxView } from "../bindings";
import { call, Failure } from "../bridge/failure";
import { keys } from "../bridge/keys";
import { useOutbox } from "../bridge/queries";
import { minute } from "../format/time";
import { Masked } from "../parts/Masked";
import { FailureNote } from "../parts/States";
import { failureWords } from "../words/failure_words";
import { codeWords, useTranslation } from "../words/words";

/** One line while something waits; nothing otherwise. */
export function OutboxBar() {
  const { t } = useTranslation();
  const query = useOutbox();
  const [opened, setOpened] = useState(false);
  const view = query.data;
  if (view === undefined || view.waiting + view.stopped === 0) {
    return opened && view ? <OutboxDrawer view={view} onClose={() => setOpened(false)} /> : null;
  }
  return (
    <>
      <div className={view.stopped > 0 ? "bar bad" : "bar info"} role="status" data-testid="outbox-bar">
        <span>
          {view.waiting > 0 && t("outbox.waiting", { count: view.waiting })}
          {view.stopped > 0 && t("outbox.stopped", { count: view.stopped })}
        </span>
        <Button variant="default" size="compact-sm" data-testid="outbox-open" onClick={() => setOpened(true)}>
          {t("outbox.open")}
        </Button>
      </div>
      {opened && <OutboxDrawer view={view} onClose={() => setOpened(false)} />}
    </>
  );
}

function useOutboxChange(run: () => ReturnType<typeof commands.outbox>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => call(run()),
    onSuccess: (view: OutboxView) => client.setQueryData(keys.outbox, view),
  });
}

function OutboxDrawer({ view, onClose }: { view: OutboxView; onClose: () => void }) {
  const { t } = useTranslation();
  const all = useOutboxChange(() => commands.retryOutbox(null));
  const hidden = view.waiting + view.stopped - view.entries.length;
  return (
    <Drawer
      opened
      onClose={onClose}
      title={<strong>{t("outbox.title")}</strong>}
      closeButtonProps={{ "aria-label": t("common.close"), "data-autofocus": true } as object}
    >
      <div className="stack" data-testid="outbox">
        <p className="sub">{t(view.entries.length === 0 ? "outbox.empty" : "outbox.hint")}</p>
        {view.waiting > 0 && (
          <div className="buttons">
            <Button
              variant="default"
              size="compact-sm"
              data-testid="outbox-send"
              loading={all.isPending}
              onClick={() => all.mutate()}
            >
              {t("outbox.sendNow")}
            </Button>
          </div>
        )}
        {all.isError && <FailureNote error={all.error} />}
        {view.entries.map((entry) => (
          <Entry key={entry.id} entry={entry} />
        ))}
        {hidden > 0 && <p className="sub">{t("outbox.more", { count: hidden })}</p>}
      </div>
    </Drawer>
  );
}

function Entry({ entry }: { entry: OutboxEntryView }) {
  const { t } = useTranslation();
  const retry = useOutboxChange(() => commands.retryOutbox(entry.id));
  const discard = useOutboxChange(() => commands.discardOutboxEntry(entry.id));
  const keep = useOutboxChange(() => commands.keepOutboxEntry(entry.id));
  const failed = [retry, discard, keep].find((one) => one.isError);
  const conflict = entry.state === "conflict";
  return (
    <section className="outbox-entry" data-testid="outbox-entry" data-state={entry.state} data-deed={entry.deed}>
      <strong className="breaks">
        {t(`outbox.deed.${entry.deed}`)} {entry.params.name}
      </strong>
      <span className="small muted">{minute(entry.made_at)}</span>
      <Why entry={entry} />
      {conflict && <Differences entry={entry} />}
      <div className="buttons">
        {conflict && entry.can_keep && (
          <Button size="compact-sm" data-testid="outbox-keep" loading={keep.isPending} onClick={() => keep.mutate()}>
            {t(isRemoval(entry) ? "outbox.removeAnyway" : "outbox.keepMine")}
          </Button>
        )}
        {!conflict && (
          <Button variant="default" size="compact-sm" loading={retry.isPending} onClick={() => retry.mutate()}>
            {t("outbox.retry")}
          </Button>
        )}
        <Button
          variant="default"
          size="compact-sm"
          data-testid="outbox-discard"
          loading={discard.isPending}
          onClick={() => discard.mutate()}
        >
          {t(conflict ? "outbox.takeTheirs" : "outbox.discard")}
        </Button>
      </div>
      {failed && <FailureNote error={failed.error} />}
    </section>
  );
}

function Why({ entry }: { entry: OutboxEntryView }) {
  const { t, language } = useTranslation();
  if (entry.state === "conflict") {
    const changed = isRemoval(entry) ? "outbox.removalConflict" : "outbox.conflict";
    return <span className="small">{t(entry.can_keep ? changed : "outbox.gone")}</span>;
  }
  const why = entry.failure ? failureWords(new Failure(entry.failure), t, language).title : "";
  if (entry.state === "refused") return <span className="small">{t("outbox.refused", { why })}</span>;
  const next = entry.next_try_at ? t("outbox.nextTry", { time: minute(entry.next_try_at) }) : "";
  return (
    <span className="small muted">
      {[why, next, entry.uncertain ? t("outbox.uncertain") : ""].filter((part) => part !== "").join(" · ")}
    </span>
  );
}

/** What a field says in one version; account numbers by their end until they are asked for. */
function Version({ field, words, of }: { field: string; words: string; of: string }) {
  const { t } = useTranslation();
  const isAccount = field === "account" || field === "account_id";
  return isAccount && words ? <Masked number={words} of={of} /> : words || t("common.none");
}

const isRemoval = (entry: OutboxEntryView) => entry.deed === "remove_title" || entry.deed === "remove_account";

function Differences({ entry }: { entry: OutboxEntryView }) {
  const { t } = useTranslation();
  if (entry.differences.length === 0) return null;
  const mine = t(isRemoval(entry) ? "outbox.column.seen" : "outbox.column.mine");
  return (
    <table data-testid="outbox-differences">
      <thead>
        <tr>
          <th scope="col">{t("outbox.column.field")}</th>
          <th scope="col">{mine}</th>
          <th scope="col">{t("outbox.column.theirs")}</th>
        </tr>
      </thead>
      <tbody>
        {entry.differences.map((one) => (
          <tr key={one.field}>
            <th scope="row">{codeWords("field", one.field) ?? one.field}</th>
            <td className="breaks">
              <Version field={one.field} words={one.mine} of={mine} />
            </td>
            <td className="breaks">
              <Version field={one.field} words={one.theirs} of={t("outbox.column.theirs")} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
