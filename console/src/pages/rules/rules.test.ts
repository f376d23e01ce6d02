import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type CountryRule, countryRows, demandsOf, filterCountries, recipientsOf, weekOf } from "./rules.ts";

const PLAIN: CountryRule = {
  country: "DE",
  alphanumeric: "allowed",
  alphanumeric_pattern: null,
  generic_names_blocked: [],
  foreign_numbers: "allowed",
  flash: true,
  public_shorteners: "allowed",
  stop_mention: false,
  registry: null,
  rewrite_to: null,
  marketing_hours: null,
  state_hours: {},
  sources: [],
  version: 1,
};
const INDIA: CountryRule = {
  ...PLAIN,
  country: "IN",
  alphanumeric: "registered",
  registry: "IN-DLT",
  public_shorteners: "blocked",
};

describe("countries", () => {
  const rows = countryRows(
    [
      { place: "TR", enabled: true, high_risk: false },
      { place: "IN", enabled: false, high_risk: true },
      { place: "DE", enabled: true, high_risk: false },
    ],
    [INDIA, PLAIN],
  );

  it("are in the order of their names, with their rules", () => {
    assert.deepEqual(
      rows.map(({ code }) => code),
      ["DE", "IN", "TR"],
    );
    assert.equal(rows[1]?.rule, INDIA);
    assert.equal(rows[2]?.rule, undefined);
  });

  it("are found by a part of the name without accents, or by the code", () => {
    const found = (search: string): readonly string[] => filterCountries(rows, search, "all").map(({ code }) => code);
    assert.deepEqual(found("turk"), ["TR"]);
    assert.deepEqual(found("de"), ["DE"]);
    assert.deepEqual(found("GERM"), ["DE"]);
    assert.deepEqual(found(""), ["DE", "IN", "TR"]);
  });

  it("are filtered by permission, risk and demands", () => {
    const codes = (filter: "on" | "off" | "risk" | "strict"): readonly string[] =>
      filterCountries(rows, "", filter).map(({ code }) => code);
    assert.deepEqual(codes("on"), ["DE", "TR"]);
    assert.deepEqual(codes("off"), ["IN"]);
    assert.deepEqual(codes("risk"), ["IN"]);
    assert.deepEqual(codes("strict"), ["IN"]);
  });

  it("say what they demand, and nothing where all is as usual", () => {
    assert.deepEqual(demandsOf(PLAIN), []);
    assert.deepEqual(demandsOf(INDIA), ["names registered", "registry IN-DLT", "no public shorteners"]);
  });
});

describe("marketing hours", () => {
  it("put days with the same hours together", () => {
    const work = "08:00-20:00";
    const hours = {
      monday: work,
      tuesday: work,
      wednesday: work,
      thursday: work,
      friday: work,
      saturday: "10:00-15:00",
      sunday: null,
      public_holidays: false,
      source: { url: "https://a.example", read: "2026-11-21" },
    };
    assert.deepEqual(weekOf(hours), ["monday to friday: 08:00-20:00", "saturday: 10:00-15:00", "sunday: never"]);
  });
});

describe("pasted recipients", () => {
  it("are taken apart and counted once", () => {
    assert.deepEqual(recipientsOf("+1 (555) 123-4567\n+15551234567, +447700900123;"), [
      "+15551234567",
      "+447700900123",
    ]);
  });
});
