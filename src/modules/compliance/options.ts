import type { Clock, Database, Logger } from "../../platform/ports.ts";
import type { Registrations } from "../a2p/index.ts";
import type { DltTags } from "./dlt/index.ts";
import type { DoNotCallSource } from "./do-not-call/index.ts";
import type { GeoDefaults } from "./geo-book.ts";
import type { QuietAction } from "./quiet-hours-book.ts";
import type { RuleOutcome } from "./rule-engine.ts";
import type { SettingChange } from "./settings/index.ts";
import type { SpamCheck } from "./spam-check.ts";

/** What this module works with: one for each messaging cell. */
export interface ComplianceOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly mintSid: (prefix: string) => string;
  /** The name of the cell whose log the machine stands in. */
  readonly cell: string;
  /** What recipients are hashed with: secret, the same in all cells of the system, and for as long as the log. */
  readonly hashKey: string;
  readonly isOperator: (accountSid: string) => boolean;
  /** Whether a Messaging Service (`MG…`) or a sender is the account's. */
  readonly ownsScope: (accountSid: string, scope: string) => boolean;
  /** What is registered with US carriers; without it nobody is asked to be. */
  readonly registrations?: Registrations;
  readonly spam?: SpamCheck;
  readonly geoDefaults: GeoDefaults;
  readonly homeCountryOf?: (accountSid: string) => string | undefined;
  /** The main account of a subaccount, whose geo permissions hold where it has none of its own. */
  readonly mainOf?: (accountSid: string) => string | undefined;
  /** What becomes of marketing at quiet hours where nobody has chosen. */
  readonly quietHours?: QuietAction;
  readonly doNotCall?: readonly DoNotCallSource[];
  /** How often the do-not-call files are read anew. */
  readonly doNotCallReloadMs?: number;
  /** The TLV tags of carriers in India, by carrier; the others take the common ones. */
  readonly dltTags?: Readonly<Record<string, DltTags>>;
  /** Told of every refusal and hold, for metrics. */
  readonly onOutcome?: (outcome: RuleOutcome) => void;
  /** Told of every change of a setting after its commit, for the audit log. */
  readonly onSettingChange?: (change: SettingChange) => void;
}
