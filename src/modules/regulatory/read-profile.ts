import type { Database } from "../../platform/ports.ts";
import { ruleBySid } from "./data/index.ts";
import { findDossier } from "./dossier.store.ts";
import { itemsOf } from "./item.store.ts";
import type { Bundles, Profiles } from "./profiles.ts";

/** Dossiers as other modules ask for them, read from the database each time: nobody asks often. */
export function profilesIn(database: Database): Profiles & Bundles {
  return {
    profile: async (accountSid, sid) => {
      const dossier = await findDossier(database, { accountSid, sid });
      if (dossier === undefined) return undefined;
      const { ruleSid, status } = dossier;
      const items = await itemsOf(database, sid);
      const attributes = Object.fromEntries(items.map((item) => [item.type, item.attributes]));
      return { sid, accountSid, policySid: ruleSid, status, attributes };
    },
    bundle: async (accountSid, sid) => {
      const dossier = await findDossier(database, { accountSid, sid, kind: "bundle" });
      const scope = ruleBySid(dossier?.ruleSid ?? "")?.scope;
      if (dossier === undefined || scope === undefined) return undefined;
      return { status: dossier.status, isoCountry: scope.isoCountry, numberType: scope.numberType };
    },
  };
}
