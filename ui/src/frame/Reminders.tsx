// Certificates that end soon, above every screen: once in each stage, until it is said to be known.
import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useNavigate } from "react-router";
import { commands, type ReminderView } from "../bindings";
import { call } from "../bridge/failure";
import { keys } from "../bridge/keys";
import { useReminders } from "../bridge/queries";
import { day } from "../format/time";
import { type Translate, useTranslation } from "../words/words";

export function Reminders() {
  const { t } = useTranslation();
  const query = useReminders();
  const due = query.data;
  // The core lets each through once; whoever looks elsewhere sees it too.
  useEffect(() => {
    for (const reminder of due ?? []) {
      void call(commands.notifyReminder(reminder.certificate_id, t("reminder.title"), sentence(reminder, t)));
    }
  }, [due, t]);
  return query.data?.map((reminder) => <Reminder key={reminder.certificate_id} reminder={reminder} />);
}

function sentence(reminder: ReminderView, t: Translate): string {
  const facts = { name: reminder.owner_name, count: reminder.days_left, date: day(reminder.valid_to) };
  return t(reminder.days_left === 0 ? "reminder.today" : "reminder.days", facts);
}

function Reminder({ reminder }: { reminder: ReminderView }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const client = useQueryClient();
  const id = reminder.certificate_id;
  const known = useMutation({
    mutationFn: () => call(commands.dismissReminder(id)),
    onSuccess: (left) => client.setQueryData(keys.reminders, left),
  });
  const calendar = useMutation({ mutationFn: () => call(commands.saveCalendar(id)) });
  return (
    <div
      className={reminder.stage_days <= 7 ? "bar bad" : "bar warn"}
      role="status"
      data-testid="reminder"
      data-stage={reminder.stage_days}
    >
      <span>{sentence(reminder, t)}</span>
      <span className="buttons">
        <Button variant="default" size="compact-sm" loading={calendar.isPending} onClick={() => calendar.mutate()}>
          {t("reminder.calendar")}
        </Button>
        <Button variant="default" size="compact-sm" onClick={() => void navigate("/certificates")}>
          {t("reminder.open")}
        </Button>
        <Button size="compact-sm" data-testid="reminder-known" loading={known.isPending} onClick={() => known.mutate()}>
          {t("reminder.known")}
        </Button>
      </span>
    </div>
  );
}
