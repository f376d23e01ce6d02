export { systemClock } from "./clock.ts";
export { systemDatagrams } from "./datagrams.ts";
export { systemNet } from "./net.ts";
export { systemRandomBytes } from "./random-bytes.ts";
