import { AppError } from "../../../kernel/errors.ts";
import type { Clock, Database, Logger } from "../../../platform/ports.ts";
import { complianceErrors } from "../errors.ts";
import type { SettingBook } from "./setting-book.ts";
import { countSettings, deleteSetting, lockSetting, writeSetting } from "./setting.store.ts";
import { SETTING_PREFIXES, type Actor, type Setting, type SettingChange, type SettingKind } from "./setting.ts";

/** What changing settings works with. */
export interface SettingDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly mintSid: (prefix: string) => string;
  readonly book: SettingBook;
  /** Told of every change after its commit, for the audit log. */
  readonly onChange: (change: SettingChange) => void;
}

/** What a setting is to be. */
export interface SettingWish<D extends object = object> {
  readonly kind: SettingKind;
  readonly accountSid: string;
  readonly key: string;
  readonly document: D;
  readonly actor: Actor;
  /** `make` refuses where there is one already; `set` replaces it. */
  readonly mode: "make" | "set";
  /** The most that an account can have of the kind. */
  readonly max: number;
}

/** Makes a setting, or changes it. The only way in which settings change, but for {@link removeSetting} and moves. */
export async function changeSetting(deps: SettingDeps, wish: SettingWish): Promise<Setting> {
  const { kind, accountSid, key, document, actor, mode, max } = wish;
  const nowMs = deps.clock.nowMs();
  const { before, after } = await deps.database.transaction(async (tx) => {
    const known = await lockSetting(tx, kind, key);
    if (known !== undefined && mode === "make") throw taken(kind, key);
    if (known === undefined && (await countSettings(tx, kind, accountSid)) >= max) {
      throw new AppError(complianceErrors.tooMany, { max });
    }
    const next: Setting =
      known === undefined
        ? {
            sid: deps.mintSid(SETTING_PREFIXES[kind]),
            kind,
            accountSid,
            key,
            document,
            revision: 1,
            createdMs: nowMs,
            updatedMs: nowMs,
          }
        : { ...known, document, revision: known.revision + 1, updatedMs: nowMs };
    const written = await writeSetting(tx, next);
    if (written === undefined) throw taken(kind, key);
    return { before: known?.document, after: written };
  });
  deps.book.put(after);
  tell(deps, { kind, sid: after.sid, accountSid, key, actor, before, after: after.document, atMs: nowMs });
  return after;
}

/** Deletes a setting. False where it was gone. */
export async function removeSetting(deps: SettingDeps, setting: Setting, actor: Actor): Promise<boolean> {
  const { kind, key, sid, accountSid } = setting;
  const before = await deps.database.transaction(async (tx) => {
    const known = await lockSetting(tx, kind, key);
    if (known === undefined || known.sid !== sid) return undefined;
    await deleteSetting(tx, sid);
    return known;
  });
  deps.book.remove(setting);
  if (before === undefined) return false;
  const atMs = deps.clock.nowMs();
  tell(deps, { kind, sid, accountSid, key, actor, before: before.document, after: undefined, atMs });
  return true;
}

function taken(kind: SettingKind, key: string): AppError {
  return new AppError(complianceErrors.settingTaken, { what: kind.replaceAll("-", " "), key });
}

function tell({ logger, onChange }: SettingDeps, change: SettingChange): void {
  const { kind, sid, accountSid, actor } = change;
  logger.info("compliance.setting.changed", { kind, sid, accountSid, by: actor.accountSid });
  onChange(change);
}
