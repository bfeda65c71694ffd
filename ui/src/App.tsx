// The window's outermost part: theme, words, query cache, and the way from the sign-in to the screens.
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useCallback, useEffect, useState } from "react";
import { HashRouter, Route, Routes, useLocation, useNavigate } from "react-router";
import type { AccountView, Theme } from "./bindings";
import { useChanges } from "./bridge/changes";
import { newQueryClient, useSession, useSettings } from "./bridge/queries";
import { Desk } from "./desk/Desk";
import { DeskStart } from "./desk/DeskStart";
import { Frame } from "./frame/Frame";
import { useKeptFocus } from "./frame/focus";
import { mayOpen } from "./frame/navigation";
import { Waiting } from "./parts/States";
import { PhotoScreen } from "./photo/PhotoScreen";
import { Approvals } from "./screens/Approvals";
import { Authorisation } from "./screens/Authorisation";
import { Billing } from "./screens/Billing";
import { Certificates } from "./screens/Certificates";
import { Home } from "./screens/Home";
import { Invoices } from "./screens/Invoices";
import { NotFound } from "./screens/NotFound";
import { Order } from "./screens/Order";
import { Orders } from "./screens/Orders";
import { Purchase } from "./screens/Purchase";
import { Scan, useLinks } from "./screens/Scan";
import { OfflineDesigner, SealDesigner } from "./screens/SealDesigner";
import { SealLog } from "./screens/SealLog";
import { Seals } from "./screens/Seals";
import { Settings } from "./screens/Settings";
import { SignIn } from "./screens/SignIn";
import { Verify, VerifyStart } from "./screens/Verify";
import { theme } from "./theme/theme";
import { i18next, languageTag, useTranslation } from "./words/words";

/** The whole window. */
export function App() {
  const [client] = useState(newQueryClient);
  useKeptFocus();
  return (
    <QueryClientProvider client={client}>
      <Look>
        <HashRouter>
          <Window />
        </HashRouter>
      </Look>
    </QueryClientProvider>
  );
}

const schemes: Record<Theme, "auto" | "light" | "dark"> = { system: "auto", light: "light", dark: "dark" };

/** Applies theme and language of the settings; before they are known, as the system. */
function Look({ children }: { children: ReactNode }) {
  const settings = useSettings();
  const scheme = schemes[settings.data?.theme ?? "system"];
  const language = languageTag(settings.data?.language ?? "chinese");
  useEffect(() => {
    document.documentElement.lang = language;
    void i18next.changeLanguage(language);
  }, [language]);
  const forced = useScheme(scheme);
  return (
    <MantineProvider
      theme={theme}
      forceColorScheme={forced}
      withCssVariables={false}
      deduplicateCssVariables={false}
      withStaticClasses={false}
      withGlobalClasses={false}
    >
      {children}
    </MantineProvider>
  );
}

/** `auto` follows the system as it changes. */
function useScheme(scheme: "auto" | "light" | "dark"): "light" | "dark" {
  const [dark, setDark] = useState(() => window.matchMedia("(prefers-color-scheme: dark)").matches);
  useEffect(() => {
    const media = window.matchMedia("(prefers-color-scheme: dark)");
    const follow = () => setDark(media.matches);
    media.addEventListener("change", follow);
    return () => media.removeEventListener("change", follow);
  }, []);
  if (scheme !== "auto") return scheme;
  return dark ? "dark" : "light";
}

/** The sign-in, or the frame with the screens of the account's role. */
function Window() {
  const session = useSession();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const onOpened = useCallback(() => {
    if (!window.location.hash.startsWith("#/verify")) void navigate("/desk");
  }, [navigate]);
  const onPhoto = useCallback((id: string) => void navigate(`/seals/photo/${id}`), [navigate]);
  useChanges(onOpened, onPhoto);
  const { t } = useTranslation();
  useEffect(() => {
    document.title = t("app.name");
  }, [t]);
  if (session.data === undefined && !session.isError) return <Waiting />;
  if (!session.data?.account) return pathname === "/designer" ? <OfflineDesigner /> : <SignIn session={session} />;
  return <Screens account={session.data.account} pathname={pathname} />;
}

function Screens({ account, pathname }: { account: AccountView; pathname: string }) {
  const navigate = useNavigate();
  const [link, setLink] = useState<string | null>(null);
  const onLink = useCallback(
    (opened: string) => {
      setLink(opened);
      void navigate("/scan");
    },
    [navigate],
  );
  useLinks(onLink);
  const onLinkDone = useCallback(() => setLink(null), []);
  return (
    <Routes>
      <Route element={<Frame account={account} />}>
        {mayOpen(account.role, pathname) && (
          <>
            <Route index element={<Home account={account} />} />
            <Route path="/desk" element={<DeskStart />} />
            <Route path="/desk/:id" element={<Desk />} />
            <Route path="/verify" element={<VerifyStart />} />
            <Route path="/verify/:id" element={<Verify />} />
            <Route path="/scan" element={<Scan link={link} onLinkDone={onLinkDone} />} />
            <Route path="/certificates" element={<Certificates account={account} />} />
            <Route path="/seals" element={<Seals />} />
            <Route path="/seals/designer" element={<SealDesigner back="/seals" />} />
            <Route path="/seals/photo/:id" element={<PhotoScreen />} />
            <Route path="/approvals" element={<Approvals />} />
            <Route path="/seal-log" element={<SealLog account={account} />} />
            <Route path="/authorisation" element={<Authorisation account={account} />} />
            <Route path="/purchase" element={<Purchase />} />
            <Route path="/orders" element={<Orders />} />
            <Route path="/orders/:id" element={<Order />} />
            <Route path="/invoices" element={<Invoices />} />
            <Route path="/billing" element={<Billing />} />
            <Route path="/settings" element={<Settings />} />
          </>
        )}
        <Route path="*" element={<NotFound />} />
      </Route>
    </Routes>
  );
}
