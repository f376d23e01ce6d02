import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import {
  askAgain,
  consoleApi,
  type LiveStatus,
  mergeRows,
  queryClient,
  useApi,
  useCan,
  useConsole,
  useLive,
  useLiveRows,
} from "../../api/index.ts";
import {
  type ApiMessage,
  type OwnNumber,
  type PhoneEvent,
  type PhoneMessage,
  type PhoneSummary,
  type WebhookEntry,
} from "./phone-data.ts";
import { latestFirst, MAX_KNOWN_PHONES, type PhoneBook, withPhones } from "./phone-book.ts";

const PHONES = "/simulator/phones";
const MESSAGES = "/2010-04-01/Accounts/{AccountSid}/Messages.json";
const NUMBERS = "/2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers.json";
const WEBHOOKS = "/trunkline/v1/Webhooks";
/** The phones with the latest texts, which are asked for again and again; the others once, as one scrolls. */
const FIRST_PHONES = 100;
const PAGE_PHONES = 1_000;
/** As many as a phone holds. */
const MAX_MESSAGES = 1_000;
/** Of these is asked every second where nothing is told live. */
const NEW_MESSAGES = 50;
const MAX_WEBHOOKS = 200;
/** While the live connection tells everything, asking is only for what it may have missed. */
const SLOW_MS = 15_000;
const FAST_MS = 1_000;
const STATUS_MS = 2_000;
/** However much happens, no more often than this is asked again because of it. */
const ASK_MS = 400;

interface PhonePage {
  readonly phones: readonly PhoneSummary[];
  readonly nextCursor?: string;
}

/** The phones of the page. */
export interface Phones {
  /** The one with the latest text first. */
  readonly phones: readonly PhoneSummary[];
  readonly isLoading: boolean;
  readonly error: unknown;
  readonly live: LiveStatus;
  /** Gets more of them; `undefined` where all are here, or more are on their way. */
  readonly more: (() => void) | undefined;
}

/** The phones: the latest at once, the others when they are asked for. */
export function usePhones(): Phones {
  const askSoon = useThrottled(() => {
    void queryClient.invalidateQueries({ queryKey: [PHONES] });
    askAgain(MESSAGES);
  }, ASK_MS);
  const live = useLive<PhoneEvent>("phones", {}, (events) => {
    if (events.length > 0) askSoon();
  });
  const { data, isPending, error } = useConsole<PhonePage>(PHONES, {
    query: { limit: FIRST_PHONES },
    everyMs: live.isLive ? SLOW_MS : FAST_MS,
  });
  const [book, setBook] = useState<PhoneBook>(new Map());
  useEffect(() => {
    if (data !== undefined) setBook((known) => withPhones(known, data.phones));
  }, [data]);
  const phones = useMemo(() => latestFirst(withPhones(book, data?.phones ?? [])), [book, data]);
  const more = useMorePhones(data?.nextCursor, book.size, setBook);
  return { phones, isLoading: isPending, error, live, more };
}

/** Goes on where the first page ended. What moves to the front meanwhile is in the first page anyhow. */
function useMorePhones(
  first: string | undefined,
  count: number,
  setBook: (change: (known: PhoneBook) => PhoneBook) => void,
): (() => void) | undefined {
  const [at, setAt] = useState<{ readonly cursor: string | undefined }>();
  const [isAsking, setAsking] = useState(false);
  const cursor = at === undefined ? first : at.cursor;
  const more = useCallback(() => {
    setAsking(true);
    consoleApi
      .get<PhonePage>(PHONES, { limit: PAGE_PHONES, cursor })
      .then(
        ({ phones, nextCursor }) => {
          setBook((known) => withPhones(known, phones));
          setAt({ cursor: nextCursor });
        },
        // The first page tells what is wrong; one that scrolls or types again tries again.
        () => undefined,
      )
      .finally(() => setAsking(false));
  }, [cursor, setBook]);
  return cursor === undefined || isAsking || count >= MAX_KNOWN_PHONES ? undefined : more;
}

/** A function that runs at most every so often, and once more at the end. */
function useThrottled(run: () => void, everyMs: number): () => void {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const latest = useRef(run);
  useEffect(() => {
    latest.current = run;
  });
  useEffect(() => () => clearTimeout(timer.current), []);
  return useCallback(() => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      latest.current();
    }, everyMs);
  }, [everyMs]);
}

/** The texts on one phone, and what the API and the webhooks know of them. */
export function useThread(phone: string): {
  readonly messages: readonly PhoneMessage[];
  readonly sent: readonly ApiMessage[];
  readonly webhooks: readonly WebhookEntry[];
  readonly isLoading: boolean;
} {
  const [arrived, setArrived] = useState<{ phone: string; messages: readonly PhoneMessage[] }>({ phone, messages: [] });
  const live = useLive<PhoneEvent>("phones", {}, (events) => {
    const messages = events.flatMap((event) =>
      event.phone === phone && event.message !== undefined ? [event.message] : [],
    );
    if (messages.length === 0) return;
    setArrived((known) => ({
      phone,
      messages: mergeRows(known.phone === phone ? known.messages : [], messages, { key: keyOf, max: MAX_MESSAGES }),
    }));
  });
  const path = `${PHONES}/${encodeURIComponent(phone)}/messages`;
  const page = useConsole<{ messages: readonly PhoneMessage[] }>(path, {
    query: { limit: MAX_MESSAGES },
    everyMs: SLOW_MS,
  });
  const newest = useConsole<{ messages: readonly PhoneMessage[] }>(path, {
    query: { limit: NEW_MESSAGES },
    everyMs: FAST_MS,
    isEnabled: !live.isLive,
  });
  const asked = page.data?.messages;
  // What was asked for later is newer, of whichever of the two.
  const askedLast = newest.dataUpdatedAt > page.dataUpdatedAt ? newest.data?.messages : undefined;
  const messages = useMemo(() => {
    const known = arrived.phone === phone ? [...arrived.messages].reverse() : [];
    const fresh = [...(askedLast ?? []), ...known];
    return mergeRows(asked ?? [], fresh, { key: keyOf, max: MAX_MESSAGES * 3, order: (a, b) => a.timeMs - b.timeMs });
  }, [asked, askedLast, arrived, phone]);
  const to = useApi<{ messages: readonly ApiMessage[] }>(MESSAGES, {
    query: { To: phone, PageSize: 100 },
    everyMs: STATUS_MS,
  });
  const from = useApi<{ messages: readonly ApiMessage[] }>(MESSAGES, {
    query: { From: phone, PageSize: 100 },
    everyMs: STATUS_MS * 2,
  });
  const sent = useMemo(() => [...(to.data?.messages ?? []), ...(from.data?.messages ?? [])], [to.data, from.data]);
  return { messages, sent, webhooks: useWebhooks(), isLoading: page.isPending };
}

/** The account's last messages, for the steps of the demo. */
export function useLastMessages(isEnabled: boolean): readonly ApiMessage[] {
  const { data } = useApi<{ messages: readonly ApiMessage[] }>(MESSAGES, {
    query: { PageSize: 100 },
    everyMs: STATUS_MS,
    isEnabled,
  });
  return data?.messages ?? NO_MESSAGES;
}

const NO_MESSAGES: readonly ApiMessage[] = [];

/** The last webhooks of the account. A text that has just come in is known by its webhook first: then its message is asked for. */
function useWebhooks(): readonly WebhookEntry[] {
  const isEnabled = useCan("debugger.read");
  const { data } = useApi<{ webhooks: readonly WebhookEntry[] }>(WEBHOOKS, { query: { PageSize: 100 }, isEnabled });
  const { rows } = useLiveRows<WebhookEntry>(
    "webhooks",
    {},
    { key: ({ sid }) => sid, max: MAX_WEBHOOKS, initial: data?.webhooks, isEnabled },
  );
  const latest = rows[0]?.sid;
  useEffect(() => askAgain(MESSAGES), [latest]);
  return rows;
}

function keyOf({ id }: { readonly id: string }): string {
  return id;
}

/** The account's numbers, the lowest first: that is the one that the program shows at its start. */
export function useOwnNumbers(): { readonly numbers: readonly OwnNumber[]; readonly isLoading: boolean } {
  const { data, isPending } = useApi<{ incoming_phone_numbers: readonly OwnNumber[] }>(NUMBERS, {
    query: { PageSize: 200 },
  });
  const listed = data?.incoming_phone_numbers;
  const numbers = useMemo(
    () => [...(listed ?? [])].sort((a, b) => a.phone_number.localeCompare(b.phone_number)),
    [listed],
  );
  return { numbers, isLoading: isPending };
}

/** Paths to name after a change. */
export const CHANGES = { phones: PHONES, messages: MESSAGES, numbers: NUMBERS } as const;
