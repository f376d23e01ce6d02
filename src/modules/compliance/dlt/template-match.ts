/**
 * Content templates of India's registries. What is fixed must be sent to the character; each
 * `{#var#}` stands for at most 30 characters (TRAI's code of practice for content templates).
 */

const VARIABLE = "{#var#}";
/** What one variable may hold. */
export const MAX_VARIABLE_CHARACTERS = 30;
/** A template is at most as long as a message. */
export const MAX_TEMPLATE_CHARACTERS = 2_000;
export const MAX_VARIABLES = 60;

/** A template made ready: what is fixed, and how many variables stand before each piece and at the end. */
export interface ReadyTemplate {
  readonly pieces: readonly { readonly variables: number; readonly text: string; readonly table: Int32Array }[];
  readonly tailVariables: number;
}

/** What is wrong with a template, in a few words; `undefined` where nothing is. */
export function templateFault(template: string): string | undefined {
  if (template.trim() === "") return "it is empty";
  if (template.length > MAX_TEMPLATE_CHARACTERS) return `it is longer than ${MAX_TEMPLATE_CHARACTERS} characters`;
  const texts = template.split(VARIABLE);
  if (texts.length - 1 > MAX_VARIABLES) return `it has more than ${MAX_VARIABLES} variables`;
  if (texts.every((text) => text.trim() === "")) return "it has nothing that is fixed";
  if (texts.some((text) => /\{#.{0,20}?#\}/.test(text))) return `its variables must be written as ${VARIABLE}`;
  return undefined;
}

/** Makes a template ready. It must have no {@link templateFault}. */
export function readyTemplate(template: string): ReadyTemplate {
  const texts = template.split(VARIABLE);
  const pieces: { variables: number; text: string; table: Int32Array }[] = [];
  let variables = 0;
  texts.forEach((text, index) => {
    if (index > 0) variables += 1;
    if (text === "") return;
    pieces.push({ variables, text, table: failureTable(text) });
    variables = 0;
  });
  return { pieces, tailVariables: variables };
}

/**
 * Whether a text is of a template. Takes one pass over the text for each fixed piece, whatever
 * the text: where a piece ends is kept for all ways to begin it, so nothing is tried again.
 */
export function matchesTemplate(template: ReadyTemplate, text: string): boolean {
  const { pieces, tailVariables } = template;
  // The places at which what was matched so far may end; at first the beginning alone.
  let ends = new Uint8Array(text.length + 1);
  ends[0] = 1;
  for (const { variables, text: piece, table } of pieces) {
    const next = new Uint8Array(text.length + 1);
    if (!findPiece({ piece, table, reach: variables * MAX_VARIABLE_CHARACTERS }, text, { ends, next })) return false;
    ends = next;
  }
  const from = Math.max(0, text.length - tailVariables * MAX_VARIABLE_CHARACTERS);
  for (let end = from; end <= text.length; end += 1) if (ends[end] === 1) return true;
  return false;
}

/** Marks in `next` where the piece can end, given where what is before it can. Knuth, Morris and Pratt's search. */
function findPiece(
  { piece, table, reach }: { piece: string; table: Int32Array; reach: number },
  text: string,
  { ends, next }: { ends: Uint8Array; next: Uint8Array },
): boolean {
  let found = false;
  let matched = 0;
  // The last place at or before where the piece would begin at which what is before it can end.
  let last = -1;
  let seen = 0;
  for (let index = 0; index < text.length; index += 1) {
    while (matched > 0 && (matched === piece.length || text.charCodeAt(index) !== piece.charCodeAt(matched))) {
      matched = table[matched - 1] ?? 0;
    }
    if (text.charCodeAt(index) === piece.charCodeAt(matched)) matched += 1;
    if (matched !== piece.length) continue;
    const begin = index + 1 - piece.length;
    for (; seen <= begin; seen += 1) if (ends[seen] === 1) last = seen;
    if (last < 0 || begin - last > reach) continue;
    next[index + 1] = 1;
    found = true;
  }
  return found;
}

function failureTable(piece: string): Int32Array {
  const table = new Int32Array(piece.length);
  let length = 0;
  for (let index = 1; index < piece.length; index += 1) {
    while (length > 0 && piece.charCodeAt(index) !== piece.charCodeAt(length)) length = table[length - 1] ?? 0;
    if (piece.charCodeAt(index) === piece.charCodeAt(length)) length += 1;
    table[index] = length;
  }
  return table;
}
