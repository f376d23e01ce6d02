export type { InboundTextRoute, NumberDirectory } from "./directory.ts";
