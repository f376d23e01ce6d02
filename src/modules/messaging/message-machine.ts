import type { Machine } from "../../platform/cell/index.ts";
import { attemptReducers } from "./attempt-reducers.ts";
import { deadlineReducers } from "./deadline-reducers.ts";
import type { MessageEffects } from "./effects.ts";
import { inboundReducers } from "./inbound-reducers.ts";
import { lateReducers } from "./late-reducers.ts";
import type { MessageState } from "./message-state.ts";
import { outboundReducers } from "./outbound-reducers.ts";
import { receiptReducers } from "./receipt-reducers.ts";

/** The messaging state machine of a cell. `effects.recovered` is called when the state stands. */
export function messageMachine(state: MessageState, effects: MessageEffects & { recovered(): void }): Machine {
  return {
    name: "messaging",
    tables: state.tables,
    reducers: {
      ...outboundReducers(state, effects),
      ...attemptReducers(state, effects),
      ...deadlineReducers(state, effects),
      ...receiptReducers(state, effects),
      ...lateReducers(state),
      ...inboundReducers(state),
    },
    restored: () => state.index(),
    recovered: () => effects.recovered(),
  };
}
