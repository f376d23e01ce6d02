import { iso8601 } from "../../kernel/time.ts";
import type { JsonObject } from "../../platform/http/index.ts";
import type { NewSmppCredential, SmppCredential } from "./credential.ts";

/** A credential as the API shows it; with its password where it was just made. */
export function viewCredential(credential: SmppCredential | NewSmppCredential): JsonObject {
  return {
    sid: credential.sid,
    account_sid: credential.accountSid,
    system_id: credential.systemId,
    ...("password" in credential ? { password: credential.password } : {}),
    friendly_name: credential.friendlyName,
    max_binds: credential.maxBinds,
    window: credential.window,
    messages_per_second: credential.messagesPerSecond,
    allowed_cidrs: [...credential.allowedCidrs],
    receipt_fallback_url: credential.receiptFallbackUrl ?? null,
    inbound: credential.inbound,
    traffic_class: credential.trafficClass,
    default_alphabet: credential.defaultAlphabet,
    long_texts: credential.longTexts,
    date_created: iso8601(credential.createdMs),
    date_updated: iso8601(credential.updatedMs),
  };
}
