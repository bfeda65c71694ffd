// Account numbers: their end only, until somebody asks for all of it.
import { Button } from "@mantine/core";
import { useState } from "react";
import { accountTail, groupedAccount } from "../format/figures";
import { useTranslation } from "../words/words";

/** A bank account's number, hidden but for its end; `of` is whose it is, for a screen reader. */
export function Masked({ number, of }: { number: string; of: string }) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(false);
  const act = t(shown ? "common.hide" : "common.show");
  return (
    <span>
      <span data-testid="masked">{shown ? groupedAccount(number) : accountTail(number)}</span>{" "}
      <Button
        size="compact-xs"
        variant="subtle"
        h="auto"
        style={{ verticalAlign: "baseline" }}
        aria-label={t("common.actOn", { act, of })}
        aria-pressed={shown}
        onClick={() => setShown(!shown)}
      >
        {act}
      </Button>
    </span>
  );
}
