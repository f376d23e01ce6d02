export { type CellNames } from "./dimension-texts.ts";
export { RollupReader, type ReaderDeps } from "./reader.ts";
