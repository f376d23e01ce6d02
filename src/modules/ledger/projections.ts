import type { ProjectedTable } from "../../platform/cell/index.ts";
import { sideText, type Account, type Wallet } from "./book/index.ts";
import type { LedgerState, LinePage, PageLine, Reference } from "./state.ts";

/** Lines that one statement writes. */
const MAX_STATEMENT_LINES = 5_000;

/** The columns of a line behind its id and time, with their types. */
const COLUMNS: readonly (readonly [name: string, type: string])[] = [
  ["kind", "text"],
  ["account_sid", "text"],
  ["wallet", "text"],
  ["category", "text"],
  ["amount_micros", "bigint"],
  ["currency", "text"],
  ["count", "bigint"],
  ["usage", "float8"],
  ["usage_unit", "text"],
  ["ref", "text"],
  ["resource_sid", "text"],
  ["country", "text"],
  ["network", "text"],
  ["carrier", "text"],
  ["attempt", "int"],
  ["sender_kind", "text"],
  ["outcome", "text"],
  ["grants_micros", "bigint"],
  ["owed_micros", "bigint"],
  ["reason", "text"],
];

/** Lines column by column, in the order of {@link COLUMNS}. */
class LineColumns {
  private readonly ids: string[] = [];
  private readonly times: number[] = [];
  private readonly columns: (string | number | null)[][] = COLUMNS.map(() => []);

  get length(): number {
    return this.ids.length;
  }

  /** Field by field: a list of functions that each take one out costs several times as much. */
  push(id: string, atMs: number, line: PageLine): void {
    const at = this.ids.length;
    const { columns } = this;
    this.ids.push(id);
    this.times.push(atMs);
    const set = (column: number, value: string | number | null): void => {
      const values = columns[column];
      if (values !== undefined) values[at] = value;
    };
    set(0, line.kind);
    set(1, line.accountSid);
    set(2, line.wallet);
    set(3, line.category);
    set(4, line.amountMicros);
    set(5, line.currency);
    set(6, line.count);
    set(7, line.usage);
    set(8, line.usageUnit);
    set(9, line.ref);
    set(10, line.resourceSid);
    set(11, line.country);
    set(12, line.network);
    set(13, line.carrier);
    set(14, line.attempt);
    set(15, line.senderKind);
    set(16, line.outcome);
    set(17, line.grantsMicros);
    set(18, line.owedMicros);
    set(19, line.reason);
  }

  /** Each column as a JSON array. */
  values(): string[] {
    return [this.ids, this.times, ...this.columns].map((column) => JSON.stringify(column));
  }
}

const NAMES = ["id", "at", ...COLUMNS.map(([name]) => name)];
const VALUES = ["i::uuid", "to_timestamp(a::float8 / 1000)", ...COLUMNS.map(([, type], index) => `c${index}::${type}`)];

/**
 * Columns travel as JSON arrays: the engine writes them several times faster than the driver
 * writes PostgreSQL's own, and this is done for two lines of every message.
 */
const INSERT = `insert into ledger_lines (${NAMES.join(", ")})
  select ${VALUES.join(", ")}
  from rows from (${NAMES.map((_, index) => `json_array_elements_text($${index + 1}::json)`).join(", ")})
    as t(i, a, ${COLUMNS.map((_, index) => `c${index}`).join(", ")})
  on conflict (id) do nothing`;

/** How the tables of this module fill the database. */
export function ledgerProjections(state: LedgerState): readonly ProjectedTable<never>[] {
  return [
    lines(state),
    wallets(state),
    accounts(state),
    references(state),
  ] as readonly unknown[] as readonly ProjectedTable<never>[];
}

function lines(state: LedgerState): ProjectedTable<LinePage> {
  return {
    table: state.lines,
    into: "ledger_lines",
    key: "id",
    keyType: "uuid",
    evict: () => true,
    columns: [],
    write: async (tx, batch) => {
      let lines = new LineColumns();
      for (const page of batch.values()) {
        if (page === undefined) continue;
        for (let index = 0; index < page.lines.length; index += 1) {
          const line = page.lines[index];
          if (line !== undefined) lines.push(state.lineId(page, index), page.atMs, line);
        }
        if (lines.length < MAX_STATEMENT_LINES) continue;
        await tx.query(INSERT, lines.values());
        lines = new LineColumns();
      }
      if (lines.length > 0) await tx.query(INSERT, lines.values());
    },
  };
}

function wallets(state: LedgerState): ProjectedTable<Wallet> {
  return {
    table: state.wallets,
    into: "ledger_wallets",
    key: "key",
    columns: [
      {
        name: "key",
        type: "text",
        value: ({ owner, currency, mode }) => `${owner} ${currency}${mode === "lease" ? " lease" : ""}`,
      },
      { name: "account_sid", type: "text", value: ({ owner }) => owner },
      { name: "currency", type: "text", value: ({ currency }) => currency },
      { name: "mode", type: "text", value: ({ mode }) => mode },
      { name: "floor_micros", type: "bigint", value: ({ floorMicros }) => floorMicros },
      { name: "balance_micros", type: "bigint", value: ({ balanceMicros }) => balanceMicros },
      { name: "grants_micros", type: "bigint", value: ({ grantsMicros }) => grantsMicros },
      { name: "held_micros", type: "bigint", value: ({ heldMicros }) => heldMicros },
      { name: "owed_micros", type: "bigint", value: ({ owedMicros }) => owedMicros },
      { name: "updated_at", type: "timestamptz", epochMs: true, value: ({ changedMs }) => changedMs },
    ],
  };
}

function accounts(state: LedgerState): ProjectedTable<Account> {
  return {
    table: state.accounts,
    into: "ledger_accounts",
    key: "key",
    columns: [
      {
        name: "key",
        type: "text",
        value: ({ kind, name, currency }) => (name === "" ? `${kind} ${currency}` : `${kind} ${name} ${currency}`),
      },
      { name: "kind", type: "text", value: ({ kind }) => kind },
      { name: "name", type: "text", value: ({ name }) => name },
      { name: "currency", type: "text", value: ({ currency }) => currency },
      { name: "debits", type: "numeric", value: ({ debitUnits, debitMicros }) => sideText(debitUnits, debitMicros) },
      {
        name: "credits",
        type: "numeric",
        value: ({ creditUnits, creditMicros }) => sideText(creditUnits, creditMicros),
      },
    ],
  };
}

function references(state: LedgerState): ProjectedTable<Reference> {
  return {
    table: state.references,
    into: "ledger_references",
    key: "key",
    evict: () => true,
    columns: [
      { name: "key", type: "text", value: ({ key }) => key },
      { name: "account_sid", type: "text", value: ({ accountSid }) => accountSid },
      { name: "kind", type: "text", value: ({ kind }) => kind },
      { name: "fingerprint", type: "text", value: ({ fingerprint }) => fingerprint },
      { name: "line_id", type: "uuid", value: ({ lineId }) => lineId },
      { name: "at", type: "timestamptz", epochMs: true, value: ({ atMs }) => atMs },
    ],
  };
}
