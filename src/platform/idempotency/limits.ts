/** The bounds of what is remembered of idempotency keys in one cell. */
export const KEY_LIMITS = {
  /** Longest key. */
  maxKeyCharacters: 255,
  /** How long a key is remembered. */
  keptMs: 86_400_000,
  /** Where there are too many, the oldest go before their time, but none that is younger than this: then new ones are refused. */
  sureMs: 600_000,
  /** Keys of one account, and of the cell. */
  maxKeysOfAccount: 100_000,
  maxKeys: 400_000,
  /** When the cell is full, an account with more keys than this makes room by its own ones. */
  fairShare: 1_000,
  /** The longest answer that is kept: status, header fields and body. */
  maxAnswerOctets: 16_384,
  /** Characters of sealed answers, of one account and of the cell. Beyond, the oldest answer is dropped and its key stays. */
  maxAnswersOfAccount: 4 * 1_024 * 1_024,
  maxAnswers: 64 * 1_024 * 1_024,
  /** Keys whose outcome this process has lost sight of. After a restart the log knows. */
  maxUnknown: 10_000,
} as const;

export type KeyLimits = { readonly [Name in keyof typeof KEY_LIMITS]: number };
