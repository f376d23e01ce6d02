/** Shows settings without their secrets. */
import type { SettingTable, ValueType } from "./schema.ts";
import { isSetting } from "./schema.ts";
import type { CarrierTypes, Settings } from "./settings.ts";
import { settingsTable } from "./settings.ts";

/** What stands in place of a secret. */
export const HIDDEN = "***";

/**
 * A plain copy of the settings that may be printed: secrets are `***`, also those
 * inside URLs. The only way in which settings are ever shown.
 */
export function redactSettings<V extends CarrierTypes>(settings: Settings<V>, carrierTypes: V): unknown {
  return redactTable(settingsTable(carrierTypes), settings);
}

function redactTable(table: SettingTable, values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const shown: Record<string, unknown> = {};
  for (const [key, entry] of Object.entries(table)) {
    const value = values[key];
    if (value === undefined) continue;
    if (!isSetting(entry)) shown[key] = redactTable(entry, value as Record<string, unknown>);
    else shown[key] = entry.secret ? HIDDEN : redactValue(entry.type, value);
  }
  return shown;
}

/** A value as it may be shown. */
export function redactValue(type: ValueType<unknown>, value: unknown): unknown {
  switch (type.kind) {
    case "scalar":
      return type.show === undefined ? value : type.show(value);
    case "list":
      return (value as unknown[]).map((item) => redactValue(type.item, item));
    case "record":
      return redactTable(type.fields, value as Record<string, unknown>);
    case "variant": {
      const given = value as Record<string, unknown>;
      const fields = type.variants[String(given["type"])] ?? {};
      return { type: given["type"], ...redactTable({ ...type.common, ...fields }, given) };
    }
  }
}
