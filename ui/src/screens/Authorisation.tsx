// CA authorisation: where it stands, and the two ways to ask for it.
import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useNavigate } from "react-router";
import {
  type AccountView,
  type AuthorisationState,
  type AuthorisationView,
  commands,
  events,
  type FaceLinkView,
} from "../bindings";
import { call } from "../bridge/failure";
import { keys } from "../bridge/keys";
import { drawing } from "../bridge/pictures";
import { useAuthorisation, useSession } from "../bridge/queries";
import { clock, minute, secondsUntil } from "../format/time";
import { CopyButton, Head, SavedNote, Tag, type Tone, useNow } from "../parts/Pieces";
import { Asked, FailureNote } from "../parts/States";
import { useTranslation } from "../words/words";

const tones: Record<AuthorisationState, Tone> = {
  none: "calm",
  submitted: "info",
  approved: "ok",
  rejected: "bad",
  unknown: "calm",
};

export function Authorisation({ account }: { account: AccountView }) {
  const { t } = useTranslation();
  const query = useAuthorisation();
  const tag = query.data && <Tag tone={tones[query.data.state]}>{t(`authorisation.state.${query.data.state}`)}</Tag>;
  return (
    <>
      <Head title={t("authorisation.title")} sub={t("authorisation.sub")} tag={tag} testId="authorisation" />
      <Asked query={query}>{(view) => <Body view={view} account={account} />}</Asked>
    </>
  );
}

function Body({ view, account }: { view: AuthorisationView; account: AccountView }) {
  const { t } = useTranslation();
  const open = view.state === "none" || view.state === "rejected";
  return (
    <>
      <Standing view={view} />
      {open && (
        <div className="two even">
          <Face view={view} person={account.legal_representative} />
          <Letter />
        </div>
      )}
      {!open && view.letter_file_name && (
        <p className="sub">{t("authorisation.letterFile", { name: view.letter_file_name })}</p>
      )}
    </>
  );
}

function Standing({ view }: { view: AuthorisationView }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  if (view.state === "approved") {
    return (
      <section className="card row between">
        <div data-testid="authorised">
          <h2>{t("authorisation.approvedTitle")}</h2>
          <p className="sub">
            {t("authorisation.approvedText", { time: view.decided_at ? minute(view.decided_at) : "" })}
          </p>
        </div>
        <Button onClick={() => void navigate("/purchase")}>{t("authorisation.buy")}</Button>
      </section>
    );
  }
  if (view.state === "submitted") {
    return (
      <section className="card row between">
        <div data-testid="submitted">
          <h2>{t("authorisation.submittedTitle")}</h2>
          <p className="sub">
            {t("authorisation.submittedText", { time: view.submitted_at ? minute(view.submitted_at) : "" })}
          </p>
        </div>
        <Button variant="default" onClick={() => void navigate("/approvals")}>
          {t("authorisation.progress")}
        </Button>
      </section>
    );
  }
  if (view.state === "rejected") {
    return (
      <div className="note bad" role="status">
        <strong>{t("authorisation.rejectedTitle")}</strong>　
        {t("authorisation.rejectedText", { reason: view.reason ?? t("common.none") })}
        <br />
        {t("authorisation.rejectedNext")}
      </div>
    );
  }
  return null;
}

function Face({ view, person }: { view: AuthorisationView; person: string }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const start = useMutation({
    mutationFn: () => call(commands.startFaceAuthorisation()),
    onSuccess: (answer) => client.setQueryData(keys.authorisation, answer),
  });
  const link = view.face;
  return (
    <section className="card stack" aria-labelledby="face">
      <div>
        <h2 id="face">{t("authorisation.face")}</h2>
        <p className="sub">{t("authorisation.faceHint", { name: person })}</p>
      </div>
      {link ? (
        <FaceLink link={link} person={person} fresh={start} />
      ) : (
        <div>
          <Button data-testid="start-face" loading={start.isPending} onClick={() => start.mutate()}>
            {t("authorisation.startFace")}
          </Button>
        </div>
      )}
      {start.isError && <FailureNote error={start.error} onRetry={() => start.mutate()} />}
    </section>
  );
}

type Fresh = { mutate: () => void; isPending: boolean };

function FaceLink({ link, person, fresh }: { link: FaceLinkView; person: string; fresh: Fresh }) {
  const { t } = useTranslation();
  const session = useSession();
  const query = useAuthorisation();
  const live = link.state === "waiting" || link.state === "scanned";
  const now = useNow(live);
  const left = secondsUntil(link.expires_at, now);
  const spent = link.state === "expired" || link.state === "refused" || (live && left === 0);
  const state = live && left === 0 ? "expired" : link.state;
  const { refetch } = query;
  // The change feed says when the phone acts; while the code is shown the state is also asked for every three seconds.
  useEffect(() => {
    if (spent) return;
    const timer = setInterval(() => void refetch(), 3000);
    return () => clearInterval(timer);
  }, [spent, refetch]);
  return (
    <div className="row start">
      <img
        className={spent ? "qr spent" : "qr"}
        src={drawing(link.qr_svg)}
        width={168}
        height={168}
        alt={t("authorisation.qr")}
        data-testid="face-qr"
      />
      <div className="stack tight grow">
        <p>{t("authorisation.scan", { name: person })}</p>
        <p data-testid="face-state" data-state={state}>
          <span className={spent ? "dot bad" : state === "waiting" ? "dot info" : "dot"} />
          {t(`authorisation.faceState.${state}`)}
        </p>
        {live && !spent && (
          <p className="big" role="timer">
            {clock(left)}
          </p>
        )}
        {live && !spent && <p className="small muted">{t("authorisation.left", { time: clock(left) })}</p>}
        <div className="buttons">
          <Button
            size="compact-sm"
            variant={spent ? "filled" : "default"}
            loading={fresh.isPending}
            onClick={() => fresh.mutate()}
            data-testid="fresh-face"
          >
            {t("authorisation.freshFace")}
          </Button>
          {!spent && <CopyButton text={link.url} label={t("authorisation.copyLink")} />}
        </div>
        {session.data?.sandbox && !spent && (
          <p className="small muted breaks">
            {t("authorisation.demoPhone")}
            <br />
            <span className="mono" data-testid="face-url">
              {link.url}
            </span>
          </p>
        )}
      </div>
    </div>
  );
}

function Letter() {
  const { t } = useTranslation();
  const template = useMutation({ mutationFn: () => call(commands.saveLetterTemplate()) });
  const client = useQueryClient();
  const submit = useMutation({
    mutationFn: (dropped: boolean) =>
      call(dropped ? commands.submitDroppedLetter() : commands.submitAuthorisationLetter()),
    onSuccess: (answer) => answer && client.setQueryData(keys.authorisation, answer),
  });
  const { mutate } = submit;
  // While this is shown, a file dropped on the window is the letter, not a photo of a seal or a bid.
  useEffect(() => {
    const stop = events.letterDropped.listen(() => mutate(true));
    void commands.expectDroppedLetter(true);
    return () => {
      void commands.expectDroppedLetter(false);
      void stop.then((end) => end());
    };
  }, [mutate]);
  return (
    <section className="card stack" aria-labelledby="letter">
      <div>
        <h2 id="letter">{t("authorisation.letter")}</h2>
        <p className="sub">{t("authorisation.letterHint")}</p>
      </div>
      <ol className="numbered" style={{ margin: 0 }}>
        <li>
          <strong>{t("authorisation.step1")}</strong>
          <br />
          {t("authorisation.step1Hint")}
        </li>
        <li>
          <strong>{t("authorisation.step2")}</strong>
        </li>
        <li>
          <strong>{t("authorisation.step3")}</strong>
          <br />
          {t("authorisation.step3Hint")}
        </li>
      </ol>
      <div className="buttons">
        <Button
          variant="default"
          data-testid="letter-template"
          loading={template.isPending}
          onClick={() => template.mutate()}
        >
          {t("authorisation.download")}
        </Button>
        <Button
          variant="default"
          data-testid="letter-submit"
          loading={submit.isPending}
          onClick={() => submit.mutate(false)}
        >
          {t("authorisation.upload")}
        </Button>
      </div>
      {template.data && <SavedNote saved={template.data} />}
      {template.isError && <FailureNote error={template.error} />}
      {submit.isError && <FailureNote error={submit.error} onRetry={() => submit.mutate(false)} />}
    </section>
  );
}
