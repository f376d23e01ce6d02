import { randomBytes } from "node:crypto";
import type { RandomBytes } from "../../platform/ports.ts";

/** Random bytes of the operating system's generator. */
export const systemRandomBytes: RandomBytes = (count) => randomBytes(count);
