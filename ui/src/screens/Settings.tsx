// Settings: look, language, output, platform, and facts about this installation.
import { Button, NativeSelect, NumberInput, SegmentedControl, Switch, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { commands, type SettingsInput, type SettingsView, type Theme } from "../bindings";
import { call } from "../bridge/failure";
import { keys } from "../bridge/keys";
import { useSettings } from "../bridge/queries";
import { Head } from "../parts/Pieces";
import { Asked, FailureNote } from "../parts/States";
import { useTranslation } from "../words/words";
import { SignIns } from "./SignIns";
import { TrustRoots } from "./TrustRoots";

export function Settings() {
  const { t } = useTranslation();
  const query = useSettings();
  return (
    <>
      <Head title={t("settings.title")} testId="settings" />
      <Asked query={query}>{(view) => <Body view={view} />}</Asked>
    </>
  );
}

/** Sends settings and keeps the core's answer. */
function useChange<T>(send: (input: T) => Promise<SettingsView>) {
  const client = useQueryClient();
  return useMutation({ mutationFn: send, onSuccess: (view) => client.setQueryData(keys.settings, view) });
}

function inputOf(view: SettingsView): SettingsInput {
  return {
    theme: view.theme,
    language: view.language,
    output_suffix: view.output_suffix,
    platform_address: view.platform_address,
    timestamp_address: view.timestamp_address,
  };
}

function Body({ view }: { view: SettingsView }) {
  const save = useChange((input: SettingsInput) => call(commands.saveSettings(input)));
  const set = (part: Partial<SettingsInput>) => save.mutate({ ...inputOf(view), ...part });
  const { t } = useTranslation();
  return (
    <>
      {view.device_secret === "plain_file" && (
        <p className="note warn" role="status" data-testid="plain-secret">
          {t("settings.plainWarning")}
        </p>
      )}
      {save.isError && <FailureNote error={save.error} />}
      <div className="two">
        <div className="stack">
          <Look view={view} onSet={set} />
          <Output view={view} onSet={set} />
          <PinLease view={view} />
        </div>
        <div className="stack">
          <Platform view={view} onSet={set} />
          <SignIns />
          <TrustRoots />
          <About view={view} />
        </div>
      </div>
    </>
  );
}

type PartProps = { view: SettingsView; onSet: (part: Partial<SettingsInput>) => void };

function Section({ id, title, children }: { id: string; title: string; children: ReactNode }) {
  return (
    <section className="card stack" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}

const themes: readonly Theme[] = ["system", "light", "dark"];

function Look({ view, onSet }: PartProps) {
  const { t } = useTranslation();
  const labels: Record<Theme, string> = {
    system: t("settings.themeSystem"),
    light: t("settings.themeLight"),
    dark: t("settings.themeDark"),
  };
  return (
    <Section id="look" title={t("settings.look")}>
      <div data-testid="theme">
        <p className="small sub">{t("settings.theme")}</p>
        <SegmentedControl
          aria-label={t("settings.theme")}
          value={view.theme}
          data={themes.map((one) => ({ value: one, label: labels[one] }))}
          onChange={(chosen) => onSet({ theme: themes.find((one) => one === chosen) ?? "system" })}
        />
      </div>
      <div data-testid="language">
        <p className="small sub">{t("settings.language")}</p>
        <SegmentedControl
          aria-label={t("settings.language")}
          value={view.language}
          data={[
            { value: "chinese", label: t("settings.chinese") },
            { value: "english", label: t("settings.english") },
          ]}
          onChange={(chosen) => onSet({ language: chosen === "english" ? "english" : "chinese" })}
        />
      </div>
    </Section>
  );
}

const leases = [0, 8, 24, 72, 168, 720];

/** How long a PIN works without the platform, and what that means. */
function PinLease({ view }: { view: SettingsView }) {
  const { t } = useTranslation();
  const change = useChange((hours: number) => call(commands.setPinLease(hours)));
  const hours = view.lease_hours;
  const words = (value: number) =>
    value === 0
      ? t("settings.leaseOff")
      : t(value < 48 ? "settings.leaseHours" : "settings.leaseDays", { count: value < 48 ? value : value / 24 });
  return (
    <Section id="lease" title={t("settings.lease")}>
      <p className="small sub">{t("settings.leaseText")}</p>
      {view.may_set_lease ? (
        <NativeSelect
          label={t("settings.leaseFor")}
          data-testid="pin-lease"
          value={String(hours ?? 72)}
          disabled={change.isPending}
          onChange={(event) => change.mutate(Number(event.currentTarget.value))}
          data={[...new Set([...leases, hours ?? 72])]
            .sort((a, b) => a - b)
            .map((value) => ({ value: String(value), label: words(value) }))}
        />
      ) : (
        <p>{hours === null ? "—" : words(hours)}</p>
      )}
      <p className="small muted">{t("settings.leaseRisk")}</p>
      {change.isError && <FailureNote error={change.error} />}
    </Section>
  );
}

function Output({ view, onSet }: PartProps) {
  const { t } = useTranslation();
  const choose = useChange(() => call(commands.chooseOutputFolder()));
  const [suffix, setSuffix] = useState(view.output_suffix);
  return (
    <Section id="output" title={t("settings.output")}>
      <div className="row between">
        <div className="grow">
          <p className="small sub">{t("settings.folder")}</p>
          <p className="mono">{view.output_folder}</p>
          <p className="small muted">{t("settings.folderHint")}</p>
        </div>
        <Button
          variant="default"
          size="compact-sm"
          data-testid="choose-folder"
          onClick={() => choose.mutate(undefined)}
        >
          {t("settings.choose")}
        </Button>
      </div>
      {choose.isError && <FailureNote error={choose.error} />}
      <form
        className="row"
        style={{ alignItems: "end" }}
        onSubmit={(event) => {
          event.preventDefault();
          onSet({ output_suffix: suffix });
        }}
      >
        <TextInput
          className="grow"
          label={t("settings.suffix")}
          description={t("settings.suffixHint", { suffix })}
          data-testid="suffix"
          value={suffix}
          onChange={(event) => setSuffix(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" disabled={suffix === view.output_suffix}>
          {t("common.save")}
        </Button>
      </form>
    </Section>
  );
}

function Platform({ view, onSet }: PartProps) {
  const { t } = useTranslation();
  return (
    <Section id="platform" title={t("settings.platform")}>
      <Address
        label={t("settings.address")}
        description={t("settings.addressHint")}
        placeholder={t("settings.embedded")}
        testId="platform-address"
        kept={view.platform_address}
        onSave={(platform_address) => onSet({ platform_address })}
      />
      <Address
        label={t("settings.timestamps")}
        description={t("settings.timestampsHint")}
        placeholder={t("settings.timestampsOwn")}
        testId="timestamp-address"
        kept={view.timestamp_address}
        onSave={(timestamp_address) => onSet({ timestamp_address })}
      />
      {view.sandbox && <AutoApprove seconds={view.sandbox.auto_approve_seconds} />}
      {view.sandbox && <Console />}
    </Section>
  );
}

type AddressProps = {
  label: string;
  description: string;
  placeholder: string;
  testId: string;
  kept: string | null;
  onSave: (address: string | null) => void;
};

/** An address that is kept when its button is pressed; empty: the usual one. */
function Address({ label, description, placeholder, testId, kept, onSave }: AddressProps) {
  const { t } = useTranslation();
  const [address, setAddress] = useState(kept ?? "");
  const trimmed = address.trim();
  const wrong = trimmed !== "" && !/^https?:\/\/[^\s/]+/.test(trimmed);
  return (
    <form
      className="row"
      style={{ alignItems: "end" }}
      onSubmit={(event) => {
        event.preventDefault();
        if (!wrong) onSave(trimmed === "" ? null : trimmed);
      }}
    >
      <TextInput
        className="grow"
        label={label}
        description={description}
        placeholder={placeholder}
        error={wrong ? t("settings.addressWrong") : undefined}
        data-testid={testId}
        value={address}
        onChange={(event) => setAddress(event.currentTarget.value)}
      />
      <Button type="submit" variant="default" disabled={wrong || trimmed === (kept ?? "")}>
        {t("common.save")}
      </Button>
    </form>
  );
}

function AutoApprove({ seconds }: { seconds: number | null }) {
  const { t } = useTranslation();
  const change = useChange((value: number | null) => call(commands.sandboxAutoApprove(value)));
  return (
    <div className="stack tight">
      <div className="row between start">
        <Switch
          label={t("settings.autoApprove")}
          description={t("settings.autoApproveHint")}
          data-testid="auto-approve"
          checked={seconds !== null}
          onChange={(event) => change.mutate(event.currentTarget.checked ? 5 : null)}
        />
        {seconds !== null && (
          <NumberInput
            aria-label={t("settings.seconds")}
            description={t("settings.seconds")}
            w={90}
            min={0}
            max={3600}
            allowDecimal={false}
            value={seconds}
            onChange={(value) => typeof value === "number" && value >= 0 && change.mutate(value)}
          />
        )}
      </div>
      {change.isError && <FailureNote error={change.error} />}
    </div>
  );
}

/** The reviewers' console of the sandbox, in the system's browser. */
function Console() {
  const { t } = useTranslation();
  const open = useMutation({ mutationFn: () => call(commands.openSandboxConsole()) });
  return (
    <div className="stack tight">
      <div className="row between start">
        <div>
          <div>{t("settings.console")}</div>
          <div className="small muted">{t("settings.consoleHint")}</div>
        </div>
        <Button variant="default" data-testid="open-console" loading={open.isPending} onClick={() => open.mutate()}>
          {t("settings.openConsole")}
        </Button>
      </div>
      {open.isError && <FailureNote error={open.error} />}
    </div>
  );
}

function About({ view }: { view: SettingsView }) {
  const { t } = useTranslation();
  const rows: [string, string][] = [
    [t("settings.version"), view.version],
    [t("settings.data"), view.data_folder],
    [
      t("settings.deviceSecret"),
      view.device_secret === "plain_file" ? t("settings.plainFile") : t("settings.systemKeyStore"),
    ],
  ];
  return (
    <Section id="about" title={t("settings.about")}>
      <dl className="facts small wide">
        {rows.map(([name, value]) => (
          <Pair key={name} name={name} value={value} />
        ))}
      </dl>
    </Section>
  );
}

function Pair({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <span className="breaks">{value}</span>
      </dd>
    </>
  );
}
