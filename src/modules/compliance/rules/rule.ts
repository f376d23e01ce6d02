import type { AppError, ErrorSpec } from "../../../kernel/errors.ts";
import type { Registrations } from "../../a2p/index.ts";
import type { DltIds, Draft } from "../compliance.ts";
import type { ConsentState } from "../consent/index.ts";
import type { CountryBook } from "../countries/index.ts";
import type { DltBook, DltTags } from "../dlt/index.ts";
import type { DoNotCallBook } from "../do-not-call/index.ts";
import type { ContentBook } from "../content-book.ts";
import type { GeoBook } from "../geo-book.ts";
import type { QuietHoursBook } from "../quiet-hours-book.ts";
import type { SenderBook } from "../sender-book.ts";
import type { SpamCheck } from "../spam-check.ts";

/** What rules are asked over: everything is answered from memory. */
export interface RuleWorld {
  readonly consents: ConsentState;
  readonly geo: GeoBook;
  readonly countries: CountryBook;
  readonly senders: SenderBook;
  readonly registrations: Registrations | undefined;
  readonly dlt: DltBook;
  /** The tags that most carriers take. */
  readonly dltTags: DltTags;
  readonly quietHours: QuietHoursBook;
  readonly doNotCall: DoNotCallBook;
  readonly content: ContentBook;
  readonly spam: SpamCheck | undefined;
}

/** What a rule says of a draft: nothing where it has no objection. */
export type RuleAnswer =
  | { readonly refuse: AppError }
  | { readonly holdUntilMs: number }
  /** It may go, with this added. */
  | { readonly tlvs?: Readonly<Record<string, string>>; readonly dlt?: DltIds; readonly from?: string };

export interface Rule {
  /** In verdicts, metrics and the name of its page in `docs/rules`. */
  readonly name: string;
  /** `accept`: once, before the message is taken. `both`: again when it is given to a carrier, because the answer may have changed. */
  readonly asked: "accept" | "both";
  /** What it refuses with. */
  readonly errors: readonly ErrorSpec[];
  /** Whether it can have anything to say of messages to a country; asked once for each country until something changes. */
  concerns(country: string, world: RuleWorld): boolean;
  judge(draft: Draft, world: RuleWorld): RuleAnswer | undefined;
}
