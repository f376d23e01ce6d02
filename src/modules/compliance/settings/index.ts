/** Settings of the rules: rows in PostgreSQL with a book in memory in front. */
export { changeSetting, removeSetting, type SettingDeps, type SettingWish } from "./change-setting.ts";
export { settingMigrations } from "./migrations.ts";
export { SettingBook, type SettingIndex } from "./setting-book.ts";
export { findSetting, listSettings } from "./setting.store.ts";
export type { Actor, Setting, SettingChange, SettingKind } from "./setting.ts";
