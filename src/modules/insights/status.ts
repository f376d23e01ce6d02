import type { ApiCounts, Rollups } from "./rollups/index.ts";

/** For metrics. */
export interface InsightStatus {
  /** Changes of messages that were counted, ever. */
  readonly folds: number;
  /** Of them, those that were counted as “other” in some dimension. */
  readonly overflow: number;
  readonly accounts: number;
  readonly senders: number;
  readonly levels: readonly LevelStatus[];
  readonly edgeBins: { readonly taken: number; readonly refused: number };
}

export interface LevelStatus {
  readonly name: string;
  readonly bins: number;
  /** Rows of the bin that is counted in. */
  readonly openRows: number;
  /** Closed bins that were made coarser to keep within the bound. */
  readonly coarseBins: number;
  readonly octets: number;
}

/** How the rollups are doing. */
export function insightStatus(rollups: Rollups, api: ApiCounts): InsightStatus {
  return {
    folds: rollups.folds,
    overflow: rollups.overflow,
    accounts: rollups.accounts.size,
    senders: rollups.senders.size,
    levels: rollups.levels.map((level) => ({
      name: level.terms.name,
      bins: level.bins.length,
      openRows: level.open.messages.rows,
      coarseBins: level.bins.filter(({ coarseness }) => coarseness > 0).length,
      octets: level.closedOctets + level.open.octets,
    })),
    edgeBins: { taken: api.taken, refused: api.refused },
  };
}
