// The desk with no file chosen: open some, or go on with what is open.
import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { commands } from "../bindings";
import { call } from "../bridge/failure";
import { keys } from "../bridge/keys";
import { useDocuments } from "../bridge/queries";
import { count, fileSize } from "../format/figures";
import { Head, Tag } from "../parts/Pieces";
import { Asked, Empty, FailureNote } from "../parts/States";
import { useTranslation } from "../words/words";

export function DeskStart() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const client = useQueryClient();
  const query = useDocuments();
  const open = useMutation({
    mutationFn: () => call(commands.openDocuments()),
    onSuccess: (opened) => {
      void client.invalidateQueries({ queryKey: keys.documentList });
      const first = opened[0];
      if (first && opened.length === 1) void navigate(`/desk/${first.id}`);
    },
  });
  return (
    <>
      <Head title={t("desk.title")} sub={t("desk.sub")} testId="desk">
        <Button data-testid="open-pdf" loading={open.isPending} onClick={() => open.mutate()}>
          {t("desk.open")}
        </Button>
      </Head>
      {open.isError && <FailureNote error={open.error} onRetry={() => open.mutate()} />}
      <Asked query={query}>
        {(list) =>
          list.length === 0 ? (
            <section className="card">
              <Empty title={t("desk.empty")} hint={t("desk.emptyHint")}>
                <Button onClick={() => open.mutate()}>{t("desk.open")}</Button>
              </Empty>
            </section>
          ) : (
            <section className="card flat">
              <table className="list">
                <tbody>
                  {list.map((one) => (
                    <tr key={one.id}>
                      <td>
                        <strong>{one.name}</strong>
                        <br />
                        <span className="small muted">{one.folder}</span>
                      </td>
                      <td className="keep">
                        {t("common.pages", { count: one.page_count }).replace(
                          String(one.page_count),
                          count(one.page_count),
                        )}{" "}
                        · {fileSize(one.size_bytes)}
                      </td>
                      <td className="keep">
                        {one.refusal ? (
                          <Tag tone="bad">{t("desk.refused")}</Tag>
                        ) : one.signature_count > 0 ? (
                          <Tag tone="info">{t("desk.signed", { count: one.signature_count })}</Tag>
                        ) : (
                          <Tag tone="calm">{t("desk.unsigned")}</Tag>
                        )}
                      </td>
                      <td className="right">
                        <Button
                          size="compact-sm"
                          data-testid={`desk-${one.id}`}
                          onClick={() => void navigate(`/desk/${one.id}`)}
                        >
                          {t("nav.desk")}
                        </Button>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </section>
          )
        }
      </Asked>
    </>
  );
}
