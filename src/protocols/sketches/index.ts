/** Sketches that can be merged, and pieces of series made of them. Pure: for cells, edges and browsers. */
export { HyperLogLog, MAX_RANK, rankOf, REGISTERS, registerOf } from "./hyper-log-log.ts";
export { KeyedHash, type HashKey } from "./keyed-hash.ts";
export { BUCKETS, bucketOf, durationOf, LogHistogram, MAX_RELATIVE_ERROR } from "./log-histogram.ts";
export { SketchError } from "./octets.ts";
export {
  encodeLatency,
  encodeUniques,
  mergePieces,
  pointValue,
  type SeriesGroup,
  type SeriesKind,
  type SeriesPiece,
} from "./series.ts";
