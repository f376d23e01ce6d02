import type { JsonObject, JsonValue } from "../../../platform/http/index.ts";

/**
 * A body with its fields named as the API describes them: SDKs whose models have
 * `losingCarrierInformation` send it so, and mean `losing_carrier_information`. The depth
 * is that of bodies, which is bounded.
 */
export function withApiNames(value: JsonValue): JsonValue {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(withApiNames);
  const entries = Object.entries(value as JsonObject).map(([name, inner]) => [apiName(name), withApiNames(inner)]);
  return Object.fromEntries(entries) as JsonObject;
}

function apiName(name: string): string {
  return name === "street2" ? "street_2" : name.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);
}
