/** A moment that is yet to come, with its day and time: what is relative tells of the past alone. */
export function formatDay(at: string): string {
  return new Date(at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}
