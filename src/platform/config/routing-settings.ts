/** What routing is told beside its tables. */
import { valuePath } from "./carrier-value-path.ts";
import type { ValuePath } from "./carrier-value-path.ts";
import type { ScalarType, SettingsOf } from "./schema.ts";
import { defineSettings, optional, setting } from "./schema.ts";
import { integer, maskUserinfo, parseUrl, path, text } from "./value-types.ts";

const PLACEHOLDER = "{number}";
const NETWORK: ValuePath = { source: "network", steps: ["network"] };

/** An http or https URL in which `{number}` stands once or more behind the host. */
function numberUrl(): ScalarType<string> {
  return {
    kind: "scalar",
    expected: `an http or https URL with ${PLACEHOLDER} behind its host`,
    read: (given) => {
      // What holds for some digits holds for all.
      const parsed = parseUrl(given.replaceAll(PLACEHOLDER, "15005550100"));
      if (parsed === undefined || !["http:", "https:"].includes(parsed.protocol)) return undefined;
      const behindHost = given.slice(given.indexOf("//") + 2).replace(/^[^/?#]*/, "");
      const count = given.split(PLACEHOLDER).length - 1;
      const isBehind = count > 0 && behindHost.split("#")[0]?.split(PLACEHOLDER).length === count + 1;
      return isBehind ? given : undefined;
    },
    show: maskUserinfo,
  };
}

export const routingSettings = defineSettings({
  portedNumbers: optional(path("the path of a file"), {
    description:
      "A CSV file of numbers that are in another network than their prefix says: lines of `number,network`, at most " +
      "50,000,000. It is read at the start.",
  }),
  lookupUrl: optional(numberUrl(), {
    description:
      "Where the network of a number is asked for that the file does not have: a URL with `{number}`, the digits of the " +
      "number, that answers with JSON. A message does not wait for the answer; the next one to the number goes by it.",
  }),
  lookupPath: setting(valuePath(), {
    default: NETWORK,
    description: "Where the network stands in that answer. Without a text or number there, the prefix decides.",
  }),
  lookupAuthorization: optional(
    text({ expected: "1 to 1,000 printable characters", maxLength: 1_000, pattern: /^[\x20-\x7e]+$/ }),
    { description: "The `Authorization` header of the look-up, such as `Bearer …`.", secret: true },
  ),
  lookupKeepSeconds: setting(integer(60, 2_592_000), {
    default: 86_400,
    description: "How long an answer holds before it is asked for again.",
  }),
});

/** What routing is told beside its tables. */
export type RoutingSettings = SettingsOf<typeof routingSettings>;
