/**
 * What two cells say to each other about an account's money. The cell where an account is at
 * home sets money aside for another cell (a *share*), and that cell spends what it was given
 * (a *lease*) and no more. All amounts are totals that only grow: told twice, late or in
 * another order, the greater one holds, so that each micro moves once however often it is told.
 */

/** The spender to the home: what it spent and gave back so far, and how much more it would like. */
export interface EscrowAsk {
  /** The cell that spends. Whoever passes the message on has checked that it comes from there. */
  readonly cell: string;
  /** The main account. */
  readonly owner: string;
  readonly currency: string;
  /** Of the lease: a spender that lost its log begins another one, and what the former had stays set aside. */
  readonly life: string;
  /** Counts the asks for more, so that an ask that comes twice is given once. 0 in a mere report. */
  readonly ask: number;
  readonly wantedMicros: number;
  /** Spent of the lease, all that ever was. */
  readonly spentMicros: number;
  /** Given back, all that ever was. */
  readonly returnedMicros: number;
  /**
   * The account has moved away from this cell, and what the cell had accepted before is done:
   * `spentMicros` is all that the wallet was ever charged here.
   */
  readonly isFinal?: true;
}

/** The life of what a cell may still spend of a wallet that has moved away from it. */
export const MOVED = "moved";

/** The home to the spender. */
export type EscrowAnswer =
  | {
      readonly kind: "share";
      readonly life: string;
      /** Given, all that ever was. */
      readonly grantedMicros: number;
      /** What the home has heard of {@link EscrowAsk.spentMicros} and {@link EscrowAsk.returnedMicros}. */
      readonly spentMicros: number;
      readonly returnedMicros: number;
      /** The greatest ask that was ever answered. */
      readonly lastAsk: number;
      /** How long after the ask was sent the lease may be spent. */
      readonly leaseMs: number;
    }
  /** The account is not at home here (any more), or may spend in no other cell. */
  | { readonly kind: "not-home" };

/** How a cell asks the home of an account. Wired to signed calls between cells. */
export interface EscrowHome {
  /** Resolves to `undefined` where no answer came: the ask may have been heard. */
  ask(ask: EscrowAsk): Promise<EscrowAnswer | undefined>;
}

const NAME = /^[A-Za-z0-9._-]{1,64}$/;
const CURRENCY = /^[A-Z]{3}$/;
const isTotal = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** An ask as it came from outside; `undefined` where it is none. */
export function readAsk(value: unknown): EscrowAsk | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const fields = value as Record<string, unknown>;
  const { cell, owner, currency, life, ask, wantedMicros, spentMicros, returnedMicros } = fields;
  if (typeof cell !== "string" || !NAME.test(cell) || typeof owner !== "string" || !NAME.test(owner)) return undefined;
  if (typeof currency !== "string" || !CURRENCY.test(currency)) return undefined;
  if (typeof life !== "string" || !NAME.test(life)) return undefined;
  if (!isTotal(ask) || !isTotal(wantedMicros) || !isTotal(spentMicros) || !isTotal(returnedMicros)) return undefined;
  const read = { cell, owner, currency, life, ask, wantedMicros, spentMicros, returnedMicros };
  return fields["isFinal"] === true ? { ...read, isFinal: true } : read;
}

/** An answer as it came from outside; `undefined` where it is none. */
export function readAnswer(value: unknown): EscrowAnswer | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { kind, life, grantedMicros, spentMicros, returnedMicros, lastAsk, leaseMs } = value as Record<string, unknown>;
  if (kind === "not-home") return { kind };
  if (kind !== "share" || typeof life !== "string" || !NAME.test(life)) return undefined;
  if (!isTotal(grantedMicros) || !isTotal(spentMicros) || !isTotal(returnedMicros)) return undefined;
  if (!isTotal(lastAsk) || !isTotal(leaseMs)) return undefined;
  return { kind, life, grantedMicros, spentMicros, returnedMicros, lastAsk, leaseMs };
}
