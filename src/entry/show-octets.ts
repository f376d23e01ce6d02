const UNITS = ["octets", "KiB", "MiB", "GiB", "TiB"] as const;

/** `512 octets`, `1.5 GiB`. */
export function showOctets(octets: number): string {
  const power = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, octets)) / 10)));
  const value = octets / 2 ** (10 * power);
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[power]}`;
}
