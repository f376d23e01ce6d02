import type { JsonObject } from "../../../platform/http/index.ts";
import type { HealthSnapshot, Router } from "../../routing/index.ts";

/** A number is completed to so many digits, where only its beginning is given. */
const DIGITS = 11;
/** Carriers before this one that are named. */
const MAX_NAMED = 20;

/**
 * Where a carrier stands among those that a text to a number would be given to, in the order in
 * which they are asked. Of a prefix, the number that goes on with zeros is meant.
 */
export async function routePosition(
  { router, health }: { readonly router: Router; readonly health: () => HealthSnapshot },
  asked: { readonly name: string; readonly to: string; readonly accountSid: string },
): Promise<JsonObject | null> {
  const digits = asked.to.replace(/\D/g, "");
  if (digits === "") return null;
  const to = `+${digits.padEnd(DIGITS, "0")}`;
  const explanation = await router.explain(
    {
      accountSid: asked.accountSid,
      from: "+15005550006",
      to,
      senderKind: "local",
      trafficClass: "transactional",
      encoding: "GSM-7",
      segments: 1,
    },
    health(),
  );
  if (explanation === undefined) return null;
  const order = explanation.candidates.map(({ carrier }) => carrier);
  const place = order.indexOf(asked.name);
  const left = explanation.leftOut.find(({ carrier }) => carrier === asked.name);
  return {
    to,
    table_version: explanation.tableVersion,
    place: place < 0 ? null : place + 1,
    of: order.length + explanation.moreCandidates,
    order: order.slice(0, MAX_NAMED),
    usable: explanation.usable,
    left_out: place < 0 ? (left?.why ?? "no route leads to it") : null,
  };
}
