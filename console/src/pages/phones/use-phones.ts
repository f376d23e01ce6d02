import { useEffect, useMemo, useState } from "react";
import {
  askAgain,
  type LiveStatus,
  mergeRows,
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

const PHONES = "/simulator/phones";
const MESSAGES = "/2010-04-01/Accounts/{AccountSid}/Messages.json";
const NUMBERS = "/2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers.json";
const WEBHOOKS = "/trunkline/v1/Webhooks";
const MAX_PHONES = 200;
const MAX_MESSAGES = 300;
const MAX_WEBHOOKS = 200;
/** While the live connection tells everything, asking is only for what it may have missed. */
const SLOW_MS = 15_000;
const FAST_MS = 1_000;
const STATUS_MS = 2_000;

/** All phones, the one with the latest text first. */
export function usePhones(): {
  readonly phones: readonly PhoneSummary[];
  readonly isLoading: boolean;
  readonly error: unknown;
  readonly live: LiveStatus;
} {
  const live = useLive<PhoneEvent>("phones", {}, (events) => {
    if (events.length === 0) return;
    askAgain(PHONES, MESSAGES);
  });
  const { data, isPending, error } = useConsole<{ phones: readonly PhoneSummary[] }>(PHONES, {
    query: { limit: MAX_PHONES },
    everyMs: live.isLive ? SLOW_MS : FAST_MS,
  });
  return { phones: data?.phones ?? [], isLoading: isPending, error, live };
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
  const page = useConsole<{ messages: readonly PhoneMessage[] }>(`${PHONES}/${encodeURIComponent(phone)}/messages`, {
    query: { limit: MAX_MESSAGES },
    everyMs: live.isLive ? SLOW_MS : FAST_MS,
  });
  const asked = page.data?.messages;
  const messages = useMemo(() => {
    const fresh = arrived.phone === phone ? [...arrived.messages].reverse() : [];
    return mergeRows(asked ?? [], fresh, { key: keyOf, max: MAX_MESSAGES * 2, order: (a, b) => a.timeMs - b.timeMs });
  }, [asked, arrived, phone]);
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
