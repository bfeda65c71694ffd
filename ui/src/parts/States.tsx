// The states every list and page can be in: waiting, empty, failed.
import { Button, Loader } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useNavigate } from "react-router";
import { asFailure } from "../bridge/failure";
import { failurePlaces, failureWords } from "../words/failure_words";
import { useTranslation } from "../words/words";

/** Being read. */
export function Waiting({ text }: { text?: string }) {
  const { t } = useTranslation();
  return (
    <div className="waiting" role="status">
      <Loader size="xs" color="red" />
      {text ?? t("common.loading")}
    </div>
  );
}

/** Nothing there, and what would fill it. */
export function Empty({ title, hint, children }: { title: string; hint: string; children?: ReactNode }) {
  return (
    <div className="empty" data-testid="empty">
      <strong>{title}</strong>
      <span className="sub">{hint}</span>
      {children && <div className="buttons">{children}</div>}
    </div>
  );
}

/** A failure in words: what happened, what is safe, what to do next. */
export function FailureNote({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t, language } = useTranslation();
  const navigate = useNavigate();
  const failure = asFailure(error);
  const words = failureWords(failure, t, language);
  const place = failurePlaces[failure.code];
  return (
    <div className="failure" role="alert" data-testid="failure" data-code={failure.code}>
      <strong>{words.title}</strong>
      <span className="breaks">
        {words.happened}
        {words.kept}
      </span>
      <span className="next">{words.next}</span>
      {(place || onRetry) && (
        <div className="buttons">
          {place && (
            <Button size="compact-sm" onClick={() => void navigate(place)}>
              {t("common.goThere")}
            </Button>
          )}
          {onRetry && (
            <Button size="compact-sm" variant="default" onClick={onRetry}>
              {t("common.retry")}
            </Button>
          )}
        </div>
      )}
      {failure.incident && <span className="small muted">{t("common.incident", { incident: failure.incident })}</span>}
    </div>
  );
}

/** Shows a query: waiting, failed (with what was there before, if anything), or its data. */
export function Asked<T>({ query, children }: { query: UseQueryResult<T>; children: (data: T) => ReactNode }) {
  if (query.data !== undefined) {
    return (
      <>
        {query.isError && <FailureNote error={query.error} onRetry={() => void query.refetch()} />}
        {children(query.data)}
      </>
    );
  }
  if (query.isError) return <FailureNote error={query.error} onRetry={() => void query.refetch()} />;
  return <Waiting />;
}
