const DAY_MS = 86_400_000;

/** Months since year 0 in UTC, from epoch milliseconds (Hinnant's `civil_from_days`, without a Date object). */
export function monthOf(ms: number): number {
  // Days since 1 March of year 0, in eras of 400 years.
  const days = Math.floor(ms / DAY_MS) + 719_468;
  const era = Math.floor(days / 146_097);
  const dayOfEra = days - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  // 0 for March, so that February, with its leap day, is the last one.
  const month = Math.floor((5 * dayOfYear + 2) / 153);
  return (yearOfEra + era * 400) * 12 + month + 2;
}
