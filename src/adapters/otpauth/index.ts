export { oneTimeCodes } from "./one-time-codes.ts";
