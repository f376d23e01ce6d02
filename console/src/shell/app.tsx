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
import { reasonOfEnd, type SignInReason } from "../sign-in/reason.ts";
import { Button, ErrorNote } from "../ui/index.ts";
import styles from "./app.module.css";
import { Brand } from "./brand.tsx";
import { keepPlace, takePlace } from "./place.ts";
import { router } from "./router.tsx";
import { signOut } from "./sign-out.ts";

const SignIn = lazy(() => import("../sign-in/sign-in-page.tsx"));
const SecondFactor = lazy(() => import("../sign-in/second-factor-page.tsx"));
const Enter = lazy(() => import("../sign-in/enter-page.tsx"));

const SESSION = ["session"];
const SESSION_EVERY_MS = 60_000;

/** How somebody has come to the sign-in. */
interface Arrival {
  readonly reason?: SignInReason | undefined;
  readonly email?: string | undefined;
}

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
  const [arrival, setArrival] = useState<Arrival>({});
  const session = useQuery<Session | null, ApiError>({
    queryKey: SESSION,
    queryFn: ({ signal }) => readSession(signal),
    enabled: !isEntering,
    refetchInterval: (query) => ((query.state.data ?? null) === null ? false : SESSION_EVERY_MS),
  });
  useEffect(
    () =>
      onSessionLost(() => {
        const last = queryClient.getQueryData<Session | null>(SESSION) ?? null;
        if (last !== null) setArrival({ reason: reasonOfEnd(last, Date.now()), email: last.user.email });
        queryClient.setQueryData(SESSION, null);
      }),
    [],
  );
  const isOut = !isEntering && session.data === null;
  useEffect(() => {
    if (isOut) keepPlace(sessionStorage, location);
  }, [isOut]);
  const begin = async (next: Arrival = {}): Promise<void> => {
    const place = takePlace(sessionStorage);
    if (isEntering) history.replaceState(null, "", place);
    setEntering(false);
    setArrival(next);
    // What the one before was told is not for whoever comes now.
    queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== SESSION[0] });
    await queryClient.resetQueries({ queryKey: SESSION });
  };
  if (isEntering) {
    return (
      <Suspense fallback={<Splash />}>
        <Enter onDone={() => void begin()} onPasswordSet={(email) => void begin({ reason: "password-set", email })} />
      </Suspense>
    );
  }
  if (session.isPending) return <Splash />;
  if (session.data === undefined || session.data === null) {
    return session.error === null ? (
      <Suspense fallback={<Splash />}>
        <SignIn {...arrival} onDone={() => void begin()} />
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

/** Keeps what the pickers say while it is one of the accounts, and one who may look into cells; else the main one and its home. */
function selectWithin(session: Session): void {
  if (!session.isOperator) select({ cell: undefined });
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
