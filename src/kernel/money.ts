/** An amount in millionths of a currency unit. Always an integer; negative for a charge. */
export type Micros = number;

/** Writes micros as the decimal text the APIs use, with at least two decimals: `-7500` is `-0.0075`. */
export function microsToDecimal(micros: Micros): string {
  const sign = micros < 0 ? "-" : "";
  const absolute = Math.abs(micros);
  const whole = Math.floor(absolute / 1_000_000);
  const fraction = String(absolute % 1_000_000)
    .padStart(6, "0")
    .replace(/0{1,4}$/, "");
  return `${sign}${whole}.${fraction}`;
}
