import type { AddressRequirement, PhoneNumberKind } from "../phone-number.ts";

/** What an account must have before it gets a number. */
export interface NumberRequirement {
  readonly address: AddressRequirement;
  /** An approved regulatory bundle of the number's country and type. */
  readonly bundle: boolean;
}

const NOTHING: NumberRequirement = { address: "none", bundle: false };

/**
 * `country.kind` → address and bundle. A default to start from, after what regulators ask
 * of end users at the end of 2025 (Ofcom, BNetzA, ARCEP, ACMA …); a line of an imported
 * file overrules it. What is not named needs nothing.
 */
const REQUIREMENTS: Readonly<Record<string, string>> = {
  AT: "local:local+bundle mobile:any+bundle tollfree:any+bundle national:local+bundle",
  AU: "local:local+bundle mobile:any+bundle tollfree:any+bundle",
  BE: "local:local+bundle mobile:any+bundle tollfree:any+bundle",
  BR: "local:local+bundle mobile:local+bundle tollfree:any+bundle",
  CH: "local:local+bundle mobile:any+bundle tollfree:any+bundle",
  CZ: "local:any+bundle mobile:any+bundle national:any+bundle",
  DE: "local:local+bundle mobile:local+bundle national:local+bundle tollfree:local+bundle",
  DK: "local:any+bundle mobile:any+bundle tollfree:any+bundle",
  ES: "local:local+bundle mobile:any+bundle national:any+bundle tollfree:any+bundle",
  FI: "local:any+bundle mobile:any+bundle tollfree:any+bundle",
  FR: "local:local+bundle mobile:any+bundle national:any+bundle tollfree:any+bundle",
  GB: "local:any+bundle mobile:any+bundle national:any+bundle tollfree:any+bundle",
  HK: "local:any+bundle mobile:any+bundle tollfree:any+bundle",
  IE: "local:local+bundle mobile:any+bundle national:any+bundle tollfree:any+bundle",
  IL: "local:any mobile:any+bundle tollfree:any",
  IT: "local:local+bundle mobile:any+bundle national:any+bundle tollfree:any+bundle",
  JP: "local:local+bundle national:local+bundle voip:local+bundle tollfree:any+bundle",
  MX: "local:any+bundle tollfree:any+bundle",
  NL: "local:local+bundle mobile:any+bundle national:any+bundle tollfree:any+bundle",
  NO: "local:any+bundle mobile:any+bundle tollfree:any+bundle",
  NZ: "local:any+bundle mobile:any+bundle tollfree:any+bundle",
  PL: "local:local+bundle mobile:any+bundle tollfree:any+bundle",
  PT: "local:any+bundle mobile:any+bundle national:any+bundle",
  SE: "local:any+bundle mobile:any+bundle tollfree:any+bundle",
  SG: "local:any+bundle mobile:any+bundle tollfree:any+bundle",
  ZA: "local:any+bundle mobile:any+bundle national:any+bundle tollfree:any+bundle",
};

const TABLE = readTable();

function readTable(): ReadonlyMap<string, NumberRequirement> {
  const table = new Map<string, NumberRequirement>();
  for (const [country, rules] of Object.entries(REQUIREMENTS)) {
    for (const rule of rules.split(" ")) {
      const [kind = "", needs = ""] = rule.split(":");
      const [address, bundle] = needs.split("+");
      table.set(`${country}.${kind}`, { address: address as AddressRequirement, bundle: bundle === "bundle" });
    }
  }
  return table;
}

/** What is needed for a number of a country and kind, where the operator says nothing else of it. */
export function requirementOf(country: string | null, kind: PhoneNumberKind): NumberRequirement {
  return TABLE.get(`${country ?? ""}.${kind}`) ?? NOTHING;
}
