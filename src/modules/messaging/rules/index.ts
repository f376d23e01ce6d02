/** The rules a message must pass, in the order they are asked. One file and one line each. */
import { carrierServes } from "./carrier-serves.ts";
import { destinationIsNumber } from "./destination-is-number.ts";
import { notToItself } from "./not-to-itself.ts";
import type { Rule } from "./rule.ts";
import { senderOwned } from "./sender-owned.ts";
import { senderQueue } from "./sender-queue.ts";

export type { Draft, Rule } from "./rule.ts";

export const rules: readonly Rule[] = [destinationIsNumber, senderOwned, notToItself, carrierServes, senderQueue];
