/** Words longer than this are not compared: the cost grows with the square. */
const MAX_COMPARED_LENGTH = 64;

/**
 * The candidate that a mistyped word was probably meant to be, or `undefined`
 * where none is near. Near is at most a third of the letters wrong (a swap of two
 * neighbours counts once); case and dashes count for nothing.
 */
export function closest(word: string, candidates: Iterable<string>): string | undefined {
  const plain = simplify(word);
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const other = simplify(candidate);
    if (Math.max(plain.length, other.length) > MAX_COMPARED_LENGTH) continue;
    const distance = editDistance(plain, other);
    if (distance < bestDistance && distance <= Math.max(1, Math.floor(Math.max(plain.length, other.length) / 3))) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** ` (did you mean “x”?)`, or nothing where no candidate is near. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const found = closest(word, candidates);
  return found === undefined ? "" : ` (did you mean ${found}?)`;
}

function simplify(word: string): string {
  return word.toLowerCase().replace(/[-_\s]/g, "");
}

/** Optimal string alignment distance: insertions, deletions, replacements and swaps of neighbours. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let cost = Math.min(replaced, (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
