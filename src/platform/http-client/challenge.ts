/** One challenge of a `WWW-Authenticate` field. */
export interface Challenge {
  /** In lower case. */
  readonly scheme: string;
  /** Names in lower case. */
  readonly params: ReadonlyMap<string, string>;
}

/** More challenges or parameters than any server sends; the rest is not read. */
const MAX_PARTS = 64;

const TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";
/** `name=value` or `name="value"`. */
const PARAM = new RegExp(`(${TOKEN})[ \\t]*=[ \\t]*(?:"((?:[^"\\\\]|\\\\.)*)"|(${TOKEN}))`, "y");
/** A scheme; what follows must not make it a parameter's name. */
const SCHEME = new RegExp(`(${TOKEN})(?=[ \\t]+|[ \\t]*,|[ \\t]*$)(?![ \\t]*=)`, "y");
/** Credentials in one piece, as `Negotiate` has them. */
const TOKEN68 = /[ \t]+[0-9A-Za-z\-._~+/]+=*(?=[ \t]*(?:,|$))/y;
const SEPARATOR = /[ \t,]*/y;

/**
 * Splits a `WWW-Authenticate` field line into its challenges (RFC 9110 §11.6.1). Several
 * challenges share one comma-separated list with their own parameters. Reading stops
 * quietly at the first thing that fits nowhere: what came before it still counts.
 */
export function parseChallenges(line: string): Challenge[] {
  const challenges: { scheme: string; params: Map<string, string> }[] = [];
  let offset = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = offset;
    const match = pattern.exec(line);
    if (match !== null) offset = pattern.lastIndex;
    return match;
  };
  for (let count = 0; count < MAX_PARTS; count++) {
    take(SEPARATOR);
    const param = take(PARAM);
    if (param !== null) {
      const value = param[2] === undefined ? (param[3] ?? "") : param[2].replace(/\\(.)/g, "$1");
      challenges.at(-1)?.params.set((param[1] ?? "").toLowerCase(), value);
      continue;
    }
    const scheme = take(SCHEME);
    if (scheme === null) break;
    challenges.push({ scheme: (scheme[1] ?? "").toLowerCase(), params: new Map() });
    if (!startsParameter(line, offset)) take(TOKEN68);
  }
  return challenges;
}

function startsParameter(line: string, offset: number): boolean {
  PARAM.lastIndex = offset + (/^[ \t]*/.exec(line.slice(offset))?.[0].length ?? 0);
  return PARAM.test(line);
}
