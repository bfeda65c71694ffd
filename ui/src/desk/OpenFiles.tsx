// The opened files as a row of tabs, for the desk and for verifying.
import { CloseButton } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "react-router";
import { commands } from "../bindings";
import { call } from "../bridge/failure";
import { keys } from "../bridge/keys";
import { useDocuments } from "../bridge/queries";
import { FailureNote } from "../parts/States";
import { useTranslation } from "../words/words";

export function OpenFiles({ place, current }: { place: "desk" | "verify"; current?: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const client = useQueryClient();
  const query = useDocuments();
  const close = useMutation({
    mutationFn: (id: string) => call(commands.closeDocument(id)),
    onSuccess: (_, id) => {
      void client.invalidateQueries({ queryKey: keys.documentList });
      if (id === current) void navigate(`/${place}`);
    },
  });
  if (query.isError) return <FailureNote error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data || query.data.length === 0) return null;
  return (
    <nav className="files" aria-label={t("desk.opened")}>
      {query.data.map((document) => (
        <span key={document.id} className="file" data-current={document.id === current || undefined}>
          <Link
            to={`/${place}/${document.id}`}
            title={`${document.folder}/${document.name}`}
            aria-current={document.id === current ? "page" : undefined}
          >
            {document.name}
          </Link>
          <CloseButton
            size="sm"
            aria-label={t("desk.close", { name: document.name })}
            onClick={() => close.mutate(document.id)}
          />
        </span>
      ))}
    </nav>
  );
}
