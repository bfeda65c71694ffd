// A PIN crosses once and stays nowhere: not in the query cache, not in the mutation cache, not in the input.
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { MemoryRouter } from "react-router";
import { afterEach, expect, test } from "vitest";
import type { CertificateView } from "../src/bindings";
import { newQueryClient } from "../src/bridge/queries";
import { SignDialog } from "../src/desk/SignDialog";
import { ImportDialog } from "../src/screens/ImportDialog";
import { theme } from "../src/theme/theme";
import "../src/words/words";

const PIN = "907351";
const certificate: CertificateView = {
  id: "c1",
  kind: "enterprise",
  state: "active",
  owner_name: "甲公司",
  holder: null,
  bought_at: "",
  valid_from: null,
  valid_to: null,
  days_left: null,
  order_number: "",
  next: "sign",
  here: true,
  tries_left: 5,
  has_seal: true,
  why_not: null,
  other_authority: false,
  token: null,
  actions: [],
};

type Call = { command: string; args: Record<string, unknown> };

/** The shell's side of the bridge: remembers what crossed and refuses it. */
function shell(): Call[] {
  const calls: Call[] = [];
  const invoke = async (command: string, args: Record<string, unknown>) => {
    if (command.startsWith("plugin:")) return 0;
    calls.push({ command, args: structuredClone(args) });
    throw { code: "pin_wrong", params: { left: "4" }, incident: "T-1" };
  };
  Object.assign(window, {
    __TAURI_INTERNALS__: { invoke, transformCallback: () => 0, unregisterCallback: () => undefined },
    __TAURI_EVENT_PLUGIN_INTERNALS__: { unregisterListener: () => undefined },
  });
  return calls;
}

function show(dialog: React.ReactNode) {
  const client = newQueryClient();
  render(
    <QueryClientProvider client={client}>
      <MantineProvider theme={theme} env="test" withCssVariables={false}>
        <MemoryRouter>{dialog}</MemoryRouter>
      </MantineProvider>
    </QueryClientProvider>,
  );
  return client;
}

const everything = (client: ReturnType<typeof newQueryClient>) =>
  JSON.stringify(
    [
      client
        .getQueryCache()
        .getAll()
        .map((one) => [one.queryKey, one.state]),
      client
        .getMutationCache()
        .getAll()
        .map((one) => [one.options.mutationKey, one.state]),
    ],
    (_, value) => (typeof value === "function" ? String(value) : value),
  );

afterEach(cleanup);

test("signing: the PIN reaches the command once and is gone, the tries left are said", async () => {
  const calls = shell();
  const client = show(
    <SignDialog
      plan={{ document_id: "d", certificate_id: "c1", items: [], reason: "", level: "b_b" }}
      certificate={certificate}
      total={1}
      onClose={() => undefined}
      onSigned={() => undefined}
    />,
  );
  fireEvent.change(screen.getByTestId("pin"), { target: { value: PIN } });
  await act(async () => fireEvent.click(screen.getByTestId("confirm")));
  await waitFor(() => expect(screen.getByTestId("failure").getAttribute("data-code")).toBe("pin_wrong"));
  expect(calls).toEqual([
    {
      command: "sign_document",
      args: { plan: { document_id: "d", certificate_id: "c1", items: [], reason: "", level: "b_t" }, pin: PIN },
    },
  ]);
  expect(everything(client)).not.toContain(PIN);
  expect(document.body.innerHTML).not.toContain(PIN);
  expect((screen.getByTestId("pin") as HTMLInputElement).value).toBe("");
  expect(screen.getByTestId("failure").textContent).toContain("还可以试 4 次");
});

test("importing: both PINs cross once and are gone", async () => {
  const calls = shell();
  const client = show(<ImportDialog certificate={certificate} onClose={() => undefined} />);
  fireEvent.change(screen.getByTestId("pin"), { target: { value: PIN } });
  fireEvent.change(screen.getByTestId("pin-again"), { target: { value: PIN } });
  await act(async () => fireEvent.click(screen.getByTestId("confirm")));
  await waitFor(() => expect(calls).toHaveLength(1));
  expect(calls[0]?.args).toEqual({ input: { certificate_id: "c1", pin: PIN, pin_again: PIN } });
  await waitFor(() => screen.getByTestId("failure"));
  expect(everything(client)).not.toContain(PIN);
  expect((screen.getByTestId("pin-again") as HTMLInputElement).value).toBe("");
});
