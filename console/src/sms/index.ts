/** How a text will be cut, for those who type it: the same code that the system cuts with. */
export { describeText } from "./describe-text.ts";
export type { TextDescription } from "./describe-text.ts";
