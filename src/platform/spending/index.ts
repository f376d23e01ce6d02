/** What products say of money: reservations before, facts after. The ledger is behind it. */
export type {
  ChargeDetail,
  ChargeHeld,
  ChargeLine,
  ChargePosted,
  ChargeReleased,
  CostIncurred,
  UsageCategory,
} from "./facts.ts";
export { FREE_SPENDING, type Reservation, type Spending } from "./spending.ts";
