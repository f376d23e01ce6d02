/** The networks of the United States that limit A2P traffic in ways of their own. */
export type UsOperator = "att" | "tmobile" | "verizon" | "other";

/**
 * MCC and MNC by operator, with what it has taken over. Put together from public lists of the
 * codes that were assigned under ITU-T E.212, 2026-11-21; codes out of use are missing. Those of the United
 * States (MCC 310 to 316) that are not here belong to smaller networks.
 */
const CODES: Readonly<Record<Exclude<UsOperator, "other">, string>> = {
  // With Cingular, Centennial and FirstNet.
  att: `310030 310070 310080 310090 310150 310170 310280 310380 310410 310560 310670 310680 310950
    311070 311090 311180 311190 312090 312670 312680 313100 313110 313120 313130 313140 313790`,
  // With Sprint, MetroPCS, Nextel and US territories of its own.
  tmobile: `310026 310053 310120 310160 310200 310210 310220 310230 310240 310250 310260 310270 310300 310310
    310330 310490 310580 310660 310800 311490 311660 311870 311880 311882 311940 312190 312240 312250 312530
    316010`,
  // With Alltel.
  verizon: `310004 310005 310006 310010 310012 310013 310350 310590 310820 310890 310891 310892 310893 310894
    310895 310896 310897 310898 310899 310910 311012 311110 311270 311271 311272 311273 311274 311275 311276
    311277 311278 311279 311280 311281 311282 311283 311284 311285 311286 311287 311288 311289 311390 311480
    311481 311482 311483 311484 311485 311486 311487 311488 311489 311590 312770`,
};

const BY_CODE: ReadonlyMap<string, UsOperator> = new Map(
  (["att", "tmobile", "verizon"] as const).flatMap((operator) =>
    CODES[operator].split(/\s+/).map((code): [string, UsOperator] => [code, operator]),
  ),
);

const FIRST_US_MCC = 310;
const LAST_US_MCC = 316;

/** Whose a network is, by its MCC and MNC (`310410`). `undefined` for one that is not of the United States. */
export function usOperator(network: string): UsOperator | undefined {
  const known = BY_CODE.get(network);
  if (known !== undefined) return known;
  const mcc = Number(network.slice(0, 3));
  return mcc >= FIRST_US_MCC && mcc <= LAST_US_MCC ? "other" : undefined;
}
