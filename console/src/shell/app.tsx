import { QueryClientProvider, useQuery } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useState } from "react";
import {
  type ApiError,
  consoleApi,
  currentSelection,
  onSessionLost,
  queryClient,
  select,
  type Session,
  SessionContext,
} from "../api/index.ts";
import { Button, ErrorNote } from "../ui/index.ts";
import styles from "./app.module.css";
import { Brand } from "./brand.tsx";
import { router } from "./router.tsx";
import { signOut } from "./sign-out.ts";

const SignIn = lazy(() => import("../sign-in/sign-in-page.tsx"));
const SecondFactor = lazy(() => import("../sign-in/second-factor-page.tsx"));
const Enter = lazy(() => import("../sign-in/enter-page.tsx"));

const SESSION = ["session"];
const SESSION_EVERY_MS = 60_000;

/** The console. */
export function App() {
  return (
    <QueryClientProvider client={queryClient}>
      <Door />
    </QueryClientProvider>
  );
}

/** Whoever has no session comes to a page of the sign-in, and afterwards to where he wanted to go. */
function Door() {
  const [isEntering, setEntering] = useState(() => location.pathname.replace(/\/$/, "") === "/console/enter");
  const [isEnded, setEnded] = useState(false);
  const session = useQuery<Session | null, ApiError>({
    queryKey: SESSION,
    queryFn: ({ signal }) => readSession(signal),
    enabled: !isEntering,
    refetchInterval: (query) => ((query.state.data ?? null) === null ? false : SESSION_EVERY_MS),
  });
  useEffect(
    () =>
      onSessionLost(() => {
        if ((queryClient.getQueryData(SESSION) ?? null) !== null) setEnded(true);
        queryClient.setQueryData(SESSION, null);
      }),
    [],
  );
  const begin = async (): Promise<void> => {
    if (isEntering) history.replaceState(null, "", "/console/");
    setEntering(false);
    setEnded(false);
    await queryClient.resetQueries({ queryKey: SESSION });
  };
  if (isEntering) {
    return (
      <Suspense fallback={<Splash />}>
        <Enter onDone={() => void begin()} />
      </Suspense>
    );
  }
  if (session.isPending) return <Splash />;
  if (session.data === undefined || session.data === null) {
    return session.error === null ? (
      <Suspense fallback={<Splash />}>
        <SignIn isEnded={isEnded} onDone={() => void begin()} />
      </Suspense>
    ) : (
      <Splash error={session.error} onRetry={() => void session.refetch()} />
    );
  }
  if (session.data.must === "second-factor") {
    return (
      <Suspense fallback={<Splash />}>
        <SecondFactor onDone={() => void begin()} onLeave={() => void signOut()} />
      </Suspense>
    );
  }
  return (
    <SessionContext value={session.data}>
      <RouterProvider router={router} />
    </SessionContext>
  );
}

async function readSession(signal: AbortSignal): Promise<Session | null> {
  try {
    const session = await consoleApi.get<Session>("/session", undefined, signal);
    selectWithin(session);
    return session;
  } catch (error) {
    if ((error as ApiError).status === 401) return null;
    throw error;
  }
}

/** Keeps what the picker says while it is one of the accounts; else the main one. */
function selectWithin(session: Session): void {
  const { account } = currentSelection();
  const isKnown = session.accounts.some(({ sid }) => sid === account);
  if (!isKnown) select({ account: undefined, accountSid: session.account.sid });
}

function Splash({ error, onRetry }: { readonly error?: ApiError; readonly onRetry?: () => void }) {
  return (
    <div className={styles.splash}>
      <Brand />
      {error === undefined ? (
        <span className={styles.wait} role="status" aria-label="Loading" />
      ) : (
        <>
          <ErrorNote error={error} />
          <Button onPress={() => onRetry?.()}>Try again</Button>
        </>
      )}
    </div>
  );
}
