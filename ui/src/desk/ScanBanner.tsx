// A document that came with a signing task: who asks, and handing it back once it is signed.
import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { commands, type ScanTaskView } from "../bindings";
import { call } from "../bridge/failure";
import { keys } from "../bridge/keys";
import { useScanTaskOf } from "../bridge/queries";
import { FailureNote } from "../parts/States";
import { useTranslation } from "../words/words";

/** Above the desk. */
export function ScanBanner({ documentId }: { documentId: string }) {
  const { t } = useTranslation();
  const task = useScanTaskOf(documentId).data;
  if (task?.state !== "open") return null;
  return (
    <p className="bar info breaks" role="note" data-testid="scan-banner">
      {t("scan.banner", { name: task.requester, title: task.title })}
    </p>
  );
}

/** After signing: handed back at once; what fails can be tried again, since the signed file is kept. */
export function HandBack({ documentId, signedId }: { documentId: string; signedId: string }) {
  const task = useScanTaskOf(documentId).data;
  return task ? <HandBackOne task={task} documentId={documentId} signedId={signedId} /> : null;
}

type Props = { task: ScanTaskView; documentId: string; signedId: string };

function HandBackOne({ task, documentId, signedId }: Props) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const run = useMutation({
    mutationFn: () => call(commands.returnScanResult(task.id, signedId)),
    onSuccess: async (done) => {
      client.setQueryData(keys.scanTaskOf(documentId), done);
      await client.invalidateQueries({ queryKey: keys.scanTasks });
    },
  });
  const { mutate, isIdle } = run;
  useEffect(() => {
    if (isIdle && task.state === "open") mutate();
  }, [isIdle, mutate, task.state]);
  if (task.state === "signed") {
    return (
      <p className="note ok" role="status" data-testid="scan-handed-back">
        {t("scan.handedBack", { name: task.requester })}
      </p>
    );
  }
  if (!run.isError) {
    return (
      <p className="note" role="status">
        {t("scan.handingBack", { name: task.requester })}
      </p>
    );
  }
  return (
    <div className="stack tight" data-testid="scan-not-handed-back">
      <p className="note warn row between">
        {t("scan.notHandedBack")}
        <Button size="compact-sm" data-testid="scan-again" onClick={() => run.mutate()}>
          {t("scan.again")}
        </Button>
      </p>
      <FailureNote error={run.error} />
    </div>
  );
}
