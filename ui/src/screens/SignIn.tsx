// Sign-in; the sandbox offers its demonstration accounts with one click each.
import { Button, PasswordInput, TextInput } from "@mantine/core";
import { type UseQueryResult, useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { commands, type SandboxView, type SessionView } from "../bindings";
import { call } from "../bridge/failure";
import { keys } from "../bridge/keys";
import { FailureNote } from "../parts/States";
import { useTranslation } from "../words/words";

/** The first screen. The password lives in its input only. */
export function SignIn({ session }: { session: UseQueryResult<SessionView> }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [account, setAccount] = useState("");
  const password = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState("");
  const signIn = useMutation({
    mutationFn: (as: { account: string; readPassword: () => string }) =>
      call(commands.signIn(as.account, as.readPassword())),
    onSuccess: (view) => {
      client.setQueryData(keys.session, view);
      void client.invalidateQueries();
      void navigate("/");
    },
    onSettled: () => setBusy(""),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setBusy("form");
    signIn.mutate({ account: account.trim(), readPassword: () => password.current?.value ?? "" });
  };
  const sandbox = session.data?.sandbox ?? null;
  return (
    <main className="main">
      <div className="gate">
        <section className="card">
          <div className="brand">
            <i aria-hidden="true">干</i>
            {t("app.name")}
          </div>
          <p className="sub" style={{ marginBottom: 14 }}>
            {t("app.tagline")}
          </p>
          {(session.isError || signIn.isError) && (
            <div className="stack tight" style={{ marginBottom: 14 }}>
              {session.isError && <FailureNote error={session.error} onRetry={() => void session.refetch()} />}
              {signIn.isError && <FailureNote error={signIn.error} />}
            </div>
          )}
          {sandbox && (
            <DemoAccounts
              sandbox={sandbox}
              busy={busy}
              onChoose={(chosen, secret) => {
                setBusy(chosen);
                signIn.mutate({ account: chosen, readPassword: () => secret });
              }}
            />
          )}
          {sandbox && <hr className="separator" />}
          <form onSubmit={submit}>
            <TextInput
              label={t("signIn.account")}
              data-testid="account"
              value={account}
              onChange={(event) => setAccount(event.currentTarget.value)}
              required
            />
            <PasswordInput
              label={t("signIn.password")}
              data-testid="password"
              ref={password}
              autoComplete="off"
              required
            />
            <Button
              type="submit"
              variant={sandbox ? "default" : "filled"}
              loading={busy === "form"}
              disabled={busy !== ""}
              data-testid="sign-in"
            >
              {t("signIn.submit")}
            </Button>
          </form>
          <hr className="separator" />
          <div className="row between">
            <span className="small muted">{t("signIn.designerHint")}</span>
            <Button
              variant="default"
              size="compact-sm"
              data-testid="open-designer"
              onClick={() => void navigate("/designer")}
            >
              {t("signIn.designer")}
            </Button>
          </div>
          {session.data && !sandbox && (
            <p className="small muted" style={{ marginTop: 12 }}>
              {t("signIn.platform", { address: session.data.platform_address })}
            </p>
          )}
        </section>
      </div>
    </main>
  );
}

type DemoProps = { sandbox: SandboxView; busy: string; onChoose: (account: string, password: string) => void };

function DemoAccounts({ sandbox, busy, onChoose }: DemoProps) {
  const { t } = useTranslation();
  return (
    <div>
      <h2>{t("signIn.demoTitle")}</h2>
      <p className="small muted">{t("signIn.demoHint")}</p>
      <div className="demo">
        {sandbox.accounts.map((demo) => (
          <button
            key={demo.account}
            type="button"
            disabled={busy !== ""}
            data-testid={`demo-account-${demo.account}`}
            aria-label={t("signIn.as", { name: demo.name })}
            onClick={() => onChoose(demo.account, demo.password)}
          >
            <span>
              <strong>{demo.name}</strong> <span className="muted small">{demo.account}</span>
            </span>
            <span className="small muted">{busy === demo.account ? t("common.working") : t(`role.${demo.role}`)}</span>
          </button>
        ))}
      </div>
    </div>
  );
}
