import { RecentMap } from "./recent-map.ts";
import type { Submission } from "./submission.ts";

/** Submissions that can be asked about, at least. */
const KEPT = 50_000;
/** Of those between the same two numbers, the latest so many. */
const KEPT_OF_A_PAIR = 100;

/** What was submitted, to be found by message id, or by who sent it to whom. Bounded: the oldest is forgotten. */
export class SubmissionBook {
  private readonly byId = new RecentMap<Submission[]>(KEPT);
  private readonly byPair = new RecentMap<Submission[]>(KEPT);

  /** Notes a submission under the id that its response gave, which those of one submit_multi share. */
  add(answeredId: string, submission: Submission): void {
    this.note(this.byId, answeredId, submission);
    this.note(this.byPair, pairKey(submission.systemId, submission.from, submission.to), submission);
  }

  /** The submissions of an application under one id: none, one, or those of a submit_multi. */
  under(answeredId: string, systemId: string): readonly Submission[] {
    return this.byId.get(answeredId)?.filter((one) => one.systemId === systemId) ?? [];
  }

  /** The latest submissions of an application from one number to another. */
  between(systemId: string, from: string, to: string): readonly Submission[] {
    return this.byPair.get(pairKey(systemId, from, to)) ?? [];
  }

  private note(map: RecentMap<Submission[]>, key: string, submission: Submission): void {
    const known = map.get(key);
    if (known === undefined) return map.set(key, [submission]);
    known.push(submission);
    if (map === this.byPair && known.length > KEPT_OF_A_PAIR) known.shift();
  }
}

function pairKey(systemId: string, from: string, to: string): string {
  return `${systemId}|${from}|${to}`;
}
