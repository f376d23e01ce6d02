import { assert } from "../../kernel/assert.ts";
import type { MessageStateName } from "../../protocols/smpp/index.ts";
import type { BindKind } from "../../platform/smpp/index.ts";
import type { Faults } from "./faults.ts";
import type { PhoneMessage } from "./phone-message.ts";

/** What happens at the simulated carrier, for whoever watches. */
export type SimulatorEvent =
  | { readonly type: "message"; readonly phone: string; readonly message: PhoneMessage }
  | { readonly type: "message-changed"; readonly phone: string; readonly message: PhoneMessage }
  | { readonly type: "receipt"; readonly id: string; readonly state: MessageStateName; readonly systemId: string }
  | { readonly type: "bound" | "unbound"; readonly systemId: string; readonly bind: BindKind; readonly peer: string }
  | { readonly type: "faults"; readonly faults: Faults };

/** Hears events, in order, while they happen. It must not throw. */
export type SimulatorListener = (event: SimulatorEvent) => void;

const MAX_LISTENERS = 1_000;

/** Those who watch. */
export class Listeners {
  private readonly all = new Set<SimulatorListener>();

  /** Adds one who watches; the result ends it. */
  add(listener: SimulatorListener): () => void {
    assert(this.all.size < MAX_LISTENERS, `at most ${MAX_LISTENERS} watch a carrier`);
    this.all.add(listener);
    return () => void this.all.delete(listener);
  }

  /** Tells everybody. */
  tell(event: SimulatorEvent): void {
    for (const listener of this.all) listener(event);
  }
}
