/**
 * Beginnings of numbers that artificial traffic is usually sent to, because a text there costs
 * much and somebody on the way shares in it. Countries that operators and fraud reports name most
 * often (Enea and Mobilesquared 2023, as their figures were republished; the choice is ours and
 * the operator changes it), and the codes that belong to no country.
 */
export const COSTLY_PREFIXES: ReadonlySet<string> = new Set(
  "62 92 94 95 880 855 856 960 961 962 963 964 967 970 972 976 992 993 994 995 996 998 20 211 212 213 216 218 220 221 222 223 224 225 226 227 228 229 231 232 233 234 235 236 237 241 242 243 244 245 249 250 251 252 253 255 256 257 258 260 261 263 264 265 267 269 375 7840 7940 509 591 592 593 675 676 677 678 679 685 870 878 881 882 883 979 4470".split(
    " ",
  ),
);

const LONGEST = 4;

/** Whether a number (E.164) begins as one of the ranges. */
export function isCostly(to: string, prefixes: ReadonlySet<string>): boolean {
  for (let length = 2; length <= LONGEST; length += 1) if (prefixes.has(to.slice(1, 1 + length))) return true;
  return false;
}
