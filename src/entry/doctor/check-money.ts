import { doubtful, type Finding } from "./finding.ts";
import type { HealthReport } from "./health-report.ts";

/** Prepaid accounts with nothing left. */
export function checkMoney({ name, outOfMoney }: HealthReport): Finding[] {
  const { count, accounts } = outOfMoney;
  if (count === 0) return [];
  const named = accounts.join(", ");
  const more = count > accounts.length ? ` and ${count - accounts.length} more` : "";
  const detail = `${count} prepaid account${count === 1 ? " has" : "s have"} nothing left and cannot send: ${named}${more}`;
  return [
    doubtful(`${name}: money`, detail, "Give them credit: POST /trunkline/v1/Ledger/Credits, or in the console."),
  ];
}
