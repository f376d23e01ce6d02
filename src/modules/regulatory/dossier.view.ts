import { iso8601 } from "../../kernel/time.ts";
import type { JsonObject } from "../../platform/http/index.ts";
import type { Dossier } from "./dossier.ts";
import type { Surface } from "./surface.ts";

/** What all shapes of a dossier have, without its own name. */
export function viewCore(dossier: Dossier, ruleField: Surface["ruleField"]): JsonObject {
  const { validUntilMs } = dossier;
  return {
    account_sid: dossier.accountSid,
    [ruleField]: dossier.ruleSid,
    friendly_name: dossier.friendlyName,
    status: dossier.status,
    valid_until: validUntilMs === null ? null : iso8601(validUntilMs),
    email: dossier.email,
    status_callback: dossier.statusCallback,
    date_created: iso8601(dossier.createdMs),
    date_updated: iso8601(dossier.updatedMs),
  };
}

/** A dossier as its own resource shows it. */
export function viewDossier(dossier: Dossier, surface: Surface, baseUrl: string): JsonObject {
  const url = `${baseUrl}${surface.path}/${dossier.sid}`;
  const links = Object.fromEntries(Object.entries(surface.links).map(([name, path]) => [name, `${url}/${path}`]));
  const core = { sid: dossier.sid, ...viewCore(dossier, surface.ruleField), url, links };
  if (surface.product === "numbers") return core;
  const errors = dossier.errors.map(({ code, message }) => ({ code, message }));
  return { ...core, errors: errors.length === 0 ? null : errors };
}
