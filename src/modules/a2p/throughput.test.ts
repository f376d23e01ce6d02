import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { attPerSecond, throughputOf, type Standing } from "./throughput.ts";
import { REGISTRY_TABLE, THROUGHPUT_TABLES, TWILIO_TABLE } from "./throughput-tables.ts";
import { usOperator } from "./us-networks.ts";
import { SOLE_PROPRIETOR_USECASE, USECASES } from "./usecases.ts";

const standing = (usecase: string, score?: number): Standing => ({
  usecase,
  score,
  brandType: "STANDARD",
  russell3000: false,
});

describe("throughput", () => {
  it("has limits for every use case and score, in both tables", () => {
    for (const table of Object.values(THROUGHPUT_TABLES)) {
      for (const { code } of [...USECASES, SOLE_PROPRIETOR_USECASE]) {
        for (let score = 0; score <= 100; score += 1) {
          const { rules } = throughputOf(table, standing(code, score));
          for (const [operator, each] of Object.entries(rules)) {
            const isSound = each.every(({ segments }) => Number.isInteger(segments) && segments > 0);
            assert.ok(each.length > 0 && isSound, `${table.name} ${code} ${score} ${operator}`);
          }
        }
      }
    }
  });

  it("never falls when the score rises", () => {
    for (const table of Object.values(THROUGHPUT_TABLES)) {
      for (const usecase of ["2FA", "MARKETING"]) {
        const rates = Array.from({ length: 101 }, (_, score) => {
          const found = throughputOf(table, standing(usecase, score));
          return [attPerSecond(found), found.rules.tmobile.at(-1)?.segments ?? 0] as const;
        });
        for (let i = 1; i < rates.length; i += 1) {
          assert.ok((rates[i]?.[0] ?? 0) >= (rates[i - 1]?.[0] ?? 0), `${table.name} ${usecase} ${i}`);
          assert.ok((rates[i]?.[1] ?? 0) >= (rates[i - 1]?.[1] ?? 0), `${table.name} ${usecase} ${i}`);
        }
      }
    }
  });

  it("is that of the registry's classes", () => {
    const classOf = (usecase: string, score?: number) => {
      const found = throughputOf(REGISTRY_TABLE, standing(usecase, score));
      return [found.messageClass, found.rules.att[0]?.segments, found.brandTier];
    };
    assert.deepEqual(classOf("2FA", 76), ["A", 3_600, "TOP"]);
    assert.deepEqual(classOf("MARKETING", 85), ["D", 600, "TOP"]);
    assert.deepEqual(classOf("MARKETING", 67), ["F", 60, "UPPER_MID"]);
    assert.deepEqual(classOf("2FA"), ["T", 12, "LOW"]);
    assert.deepEqual(classOf("LOW_VOLUME", 99), ["T", 12, "TOP"]);
    assert.deepEqual(classOf("POLITICAL", 1), ["Q", 3_000, "LOW"]);
  });

  it("is that of Twilio's table", () => {
    const found = throughputOf(TWILIO_TABLE, standing("MIXED", 50));
    assert.deepEqual(found.rules.att, [{ scope: "campaign", segments: 40, per: "second" }]);
    assert.equal(attPerSecond(throughputOf(TWILIO_TABLE, standing("LOW_VOLUME"))), 1.25);
    const sole = throughputOf(TWILIO_TABLE, { ...standing("SOLE_PROPRIETOR"), brandType: "SOLE_PROPRIETOR" });
    assert.deepEqual(sole.rules.att, [{ scope: "campaign", segments: 15, per: "minute" }]);
    assert.deepEqual(sole.rules.tmobile.at(-1), { scope: "brand", segments: 1_000, per: "day" });
    const large = throughputOf(TWILIO_TABLE, { ...standing("MIXED", 5), russell3000: true });
    assert.equal(large.rules.tmobile.at(-1)?.segments, 200_000);
  });
});

describe("networks of the United States", () => {
  it("are told by MCC and MNC", () => {
    const operators = ["310410", "310260", "311480", "310004", "311220", "316011", "302720", "23415", ""].map(
      usOperator,
    );
    assert.deepEqual(operators, [
      "att",
      "tmobile",
      "verizon",
      "verizon",
      "other",
      "other",
      undefined,
      undefined,
      undefined,
    ]);
  });
});
