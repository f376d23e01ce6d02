/** What `error_message` says of messages that failed by a rule or a registration, by public code. Those of this module are in `errors.ts`. */
export const FAILURE_TEXTS: ReadonlyMap<number, string> = new Map([
  [20_003, "The account could not pay for the message when its time had come."],
  [21_408, "Messages to the region of the recipient are not permitted for this account."],
  [30_001, "Too many messages were waiting."],
  [30_017, "The carrier's network is congested."],
  [30_018, "The carrier wants this sender to be registered first."],
  [30_022, "The message exceeds the rate of its US campaign."],
  [30_024, "The carrier does not accept this numeric sender."],
  [30_027, "The daily limit of the brand with this carrier is used up."],
  [30_032, "The toll-free number is not verified."],
  [30_033, "The US campaign of the sender is suspended."],
  [30_034, "The sender is not registered for messages to US numbers."],
  [30_035, "The sender is still being set up for messages to US numbers."],
  [30_450, "The message is blocked."],
]);
