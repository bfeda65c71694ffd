// A place that does not exist, or is not for this account.
import { Button } from "@mantine/core";
import { useNavigate } from "react-router";
import { Empty } from "../parts/States";
import { useTranslation } from "../words/words";

export function NotFound() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <section className="card">
      <Empty title={t("notFound.title")} hint={t("notFound.text")}>
        <Button onClick={() => void navigate("/")}>{t("notFound.home")}</Button>
      </Empty>
    </section>
  );
}
