import type { MessageStateName } from "../../protocols/smpp/index.ts";
import type { PhoneMessage, PhoneMessageState } from "./phone-message.ts";

/** A receipt that an application has asked for and not acknowledged yet. Plain data. */
export interface OwedReceipt {
  /** The id of the part that it is about, in decimal. */
  readonly id: string;
  /** The id that the receipt names, where that is another. */
  readonly receiptId?: string;
  readonly systemId: string;
  /** Of the message: who sent it, and the phone. */
  readonly from: string;
  readonly to: string;
  readonly submittedMs: number;
  readonly doneMs: number;
  readonly state: MessageStateName;
  /** The beginning of the text. */
  readonly text: string;
}

/** A part that waits for the rest of its text. Plain data. */
export interface HeldPart {
  readonly from: string;
  readonly to: string;
  readonly reference: number;
  readonly total: number;
  readonly sequence: number;
  readonly nowMs: number;
  readonly value: PhoneMessage;
}

/** One change to what the phones hold. Applying an entry twice, or one about what is gone, changes nothing. */
export type PhoneEntry =
  | { readonly kind: "message"; readonly phone: string; readonly message: PhoneMessage }
  | { readonly kind: "state"; readonly phone: string; readonly id: string; readonly state: PhoneMessageState }
  | { readonly kind: "gone"; readonly phone: string; readonly id: string }
  | { readonly kind: "part"; readonly part: HeldPart }
  | { readonly kind: "owed"; readonly receipt: OwedReceipt }
  | { readonly kind: "paid"; readonly id: string };

/** Where the carrier keeps its phones across restarts: entries in order, compacted now and then. */
export interface PhoneStore {
  /** Gives every entry that can be read, oldest first. To be called once, before anything else. */
  load(onEntry: (entry: unknown) => void): Promise<void>;
  /** Takes an entry. It is written soon and in order; what fails is logged, because a toy must not stop the tool. */
  append(entry: PhoneEntry): void;
  /** Entries stored, as far as known, since the last compaction or the load. */
  readonly entryCount: number;
  /**
   * Replaces everything before this call by `entries`, which may be computed while
   * more is appended: appended entries stay, after these.
   */
  compact(entries: Iterable<PhoneEntry>): Promise<void>;
  /** Writes what is held and closes. */
  close(): Promise<void>;
}

/** A store that keeps nothing: phones live as long as the process. */
export class MemoryPhoneStore implements PhoneStore {
  readonly entryCount = 0;

  load(): Promise<void> {
    return Promise.resolve();
  }

  append(): void {}

  compact(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
