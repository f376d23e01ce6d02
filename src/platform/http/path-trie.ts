import { assert } from "../../kernel/assert.ts";

/** The most segments a path may have. */
export const MAX_PATH_SEGMENTS = 24;

interface TrieNode<E> {
  readonly fixed: Map<string, TrieNode<E>>;
  parameter: TrieNode<E> | undefined;
  /** What `{name*}` leads to: everything below. */
  tail: E | undefined;
  entry: E | undefined;
}

/**
 * Finds what is registered for a path, one segment at a time. A fixed segment
 * is preferred to a parameter, and a parameter to a tail.
 */
export class PathTrie<E> {
  private readonly root: TrieNode<E> = emptyNode();

  /** The entry for a pattern such as `/a/{b}/c` or `/a/{rest*}`, made by `make` when it is new. */
  at(pattern: string, make: () => E): E {
    assert(pattern.startsWith("/"), `path ${pattern}`);
    const segments = pattern.slice(1).split("/");
    assert(segments.length <= MAX_PATH_SEGMENTS, `path ${pattern} is too deep`);
    let node = this.root;
    for (const [index, segment] of segments.entries()) {
      if (segment.endsWith("*}")) {
        assert(index === segments.length - 1, `path ${pattern}: the tail is not last`);
        node.tail ??= make();
        return node.tail;
      }
      node = segment.startsWith("{") ? (node.parameter ??= emptyNode()) : fixedChild(node, segment);
    }
    node.entry ??= make();
    return node.entry;
  }

  /**
   * The entry for `path`, or `undefined`. The values of its parameters, still
   * percent-encoded, are left in `values` in the pattern's order.
   */
  find(path: string, values: string[]): E | undefined {
    return walk(this.root, path, 1, values);
  }
}

/** The parameter names of a pattern, in order, without braces and `*`. */
export function pathNames(pattern: string): string[] {
  return pattern
    .split("/")
    .filter((segment) => segment.startsWith("{"))
    .map((segment) => segment.replace(/[{}*]/g, ""));
}

function emptyNode<E>(): TrieNode<E> {
  return { fixed: new Map(), parameter: undefined, tail: undefined, entry: undefined };
}

function fixedChild<E>(node: TrieNode<E>, segment: string): TrieNode<E> {
  let child = node.fixed.get(segment);
  if (child === undefined) {
    child = emptyNode();
    node.fixed.set(segment, child);
  }
  return child;
}

/** The trie's depth bounds the recursion, and its size the backtracking. */
function walk<E>(node: TrieNode<E>, path: string, start: number, values: string[]): E | undefined {
  const slash = path.indexOf("/", start);
  const segment = slash === -1 ? path.slice(start) : path.slice(start, slash);
  const fixed = node.fixed.get(segment);
  if (fixed !== undefined) {
    const found = slash === -1 ? fixed.entry : walk(fixed, path, slash + 1, values);
    if (found !== undefined) return found;
  }
  if (node.parameter !== undefined && segment !== "") {
    values.push(segment);
    const found = slash === -1 ? node.parameter.entry : walk(node.parameter, path, slash + 1, values);
    if (found !== undefined) return found;
    values.pop();
  }
  if (node.tail !== undefined) values.push(path.slice(start));
  return node.tail;
}
