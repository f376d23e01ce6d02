import type { Machine } from "../../platform/cell/index.ts";
import { attemptReducers } from "./attempt-reducers.ts";
import { deadlineReducers } from "./deadline-reducers.ts";
import { inboundReducers } from "./inbound-reducers.ts";
import { lateReducers } from "./late-reducers.ts";
import { earlierOptOutReducers } from "./earlier-opt-outs.ts";
import { outboundReducers } from "./outbound-reducers.ts";
import { receiptReducers } from "./receipt-reducers.ts";
import { waitingReducers, type ReducerDeps } from "./waiting-reducers.ts";

/** The messaging state machine of a cell. `effects.recovered` is called when the state stands. */
export function messageMachine(deps: ReducerDeps & { readonly effects: { recovered(): void } }): Machine {
  const { state, effects } = deps;
  return {
    name: "messaging",
    tables: state.tables,
    reducers: {
      ...outboundReducers(deps),
      ...waitingReducers(deps),
      ...attemptReducers(state, effects),
      ...deadlineReducers(state, effects),
      ...receiptReducers(state, effects),
      ...lateReducers(state),
      ...inboundReducers(deps),
      ...earlierOptOutReducers(state.optOuts),
    },
    restored: () => state.index(),
    recovered: () => effects.recovered(),
  };
}
