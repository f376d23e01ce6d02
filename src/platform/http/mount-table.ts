import { assert } from "../../kernel/assert.ts";
import type { Mount } from "./mount.ts";
import { pathNames, PathTrie } from "./path-trie.ts";

/** A mount that a path leads to. */
export interface MountMatch {
  readonly mount: Mount;
  readonly names: readonly string[];
  readonly values: readonly string[];
}

interface CompiledMount {
  readonly mount: Mount;
  readonly names: readonly string[];
}

/** All mounts by path; compiled once at the start. */
export class MountTable {
  private readonly trie = new PathTrie<Map<string, CompiledMount>>();

  constructor(mounts: readonly Mount[]) {
    for (const mount of mounts) {
      const byMethod = this.trie.at(mount.path, () => new Map<string, CompiledMount>());
      assert(!byMethod.has(mount.method), `mount ${mount.method} ${mount.path} is declared twice`);
      byMethod.set(mount.method, { mount, names: pathNames(mount.path) });
    }
  }

  /** The mount for a request, or `undefined`: another method of the same path is left to the API's routes. */
  find(method: string, pathname: string): MountMatch | undefined {
    const values: string[] = [];
    const compiled = this.trie.find(pathname, values)?.get(method === "HEAD" ? "GET" : method);
    return compiled === undefined ? undefined : { ...compiled, values };
  }
}
