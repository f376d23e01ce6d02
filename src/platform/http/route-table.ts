import { assert } from "../../kernel/assert.ts";
import { AppError } from "../../kernel/errors.ts";
import { AMBIGUOUS_PRODUCT, METHOD_NOT_ALLOWED, NOT_FOUND } from "./errors.ts";
import { DEFAULT_PRODUCT } from "../hosts/index.ts";
import { pathNames, PathTrie } from "./path-trie.ts";
import type { Parameter } from "./parameter.ts";
import type { Route } from "./route.ts";

/** A route with what each call would otherwise have to work out again. */
export interface CompiledRoute {
  readonly route: Route;
  readonly pathNames: readonly string[];
  /** Where `AccountSid` is among the path's values; -1 when it is not in the path. */
  readonly accountAt: number;
  /** The record that `GET` of the same path answers with; `undefined` where it answers with a page, or there is none. */
  readonly shownBy: () => CompiledRoute | undefined;
  readonly parameters: readonly { readonly name: string; readonly parameter: Parameter<unknown> }[];
}

/** How an answer is written. */
export type Representation = "json" | "xml";

/** What a path leads to. */
export interface RouteMatch {
  readonly compiled: CompiledRoute;
  /** Values of the path's parameters, still percent-encoded. */
  readonly values: readonly string[];
}

interface Leaf {
  readonly byMethod: Map<string, CompiledRoute>;
  readonly bareByMethod: Map<string, CompiledRoute>;
}

const LEGACY_PREFIX = "/2010-04-01/";
const EXTENSIONS: readonly string[] = ["json", "xml", "csv"];

/** A request's path taken apart. */
export interface ResourcePath {
  /** Without extension. */
  readonly path: string;
  /** `json`, `xml` or `csv`, under `/2010-04-01/` only. */
  readonly extension: string | undefined;
  /** Whether the 2010-04-01 conventions hold: extensions, XML by default, relative page URIs, RFC 2822 dates. */
  readonly legacy: boolean;
}

/** Splits the extension off a 2010-04-01 path. Other products have none: their paths stay whole. */
export function resourcePath(pathname: string): ResourcePath {
  if (!pathname.startsWith(LEGACY_PREFIX)) return { path: pathname, extension: undefined, legacy: false };
  const dot = pathname.lastIndexOf(".");
  const extension = dot > pathname.lastIndexOf("/") ? pathname.slice(dot + 1) : "";
  if (!EXTENSIONS.includes(extension)) return { path: pathname, extension: undefined, legacy: true };
  return { path: pathname.slice(0, dot), extension, legacy: true };
}

/** All routes, by product and path; compiled once at the start. */
export class RouteTable {
  private readonly products = new Map<string, PathTrie<Leaf>>();
  private readonly othersThanDefault: [string, PathTrie<Leaf>][];

  constructor(routes: readonly Route[]) {
    const operationIds = new Set<string>();
    for (const route of routes) {
      const id = `${route.product} ${route.operationId}`;
      assert(!operationIds.has(id), `operation ${id} is declared twice`);
      operationIds.add(id);
      this.add(route);
    }
    this.othersThanDefault = [...this.products].filter(([product]) => product !== DEFAULT_PRODUCT);
  }

  private add(route: Route): void {
    let trie = this.products.get(route.product);
    if (trie === undefined) {
      trie = new PathTrie();
      this.products.set(route.product, trie);
    }
    const leaf = trie.at(route.path, () => ({ byMethod: new Map(), bareByMethod: new Map() }));
    const methods = route.bare ? leaf.bareByMethod : leaf.byMethod;
    assert(!methods.has(route.method), `${route.product}: ${route.method} ${route.path} is declared twice`);
    methods.set(route.method, compile(route, leaf));
  }

  /**
   * Finds the route. Without a product (the host is no vendor's) it is looked
   * for in `api` first, then in the one other product that has the path. Throws
   * `NOT_FOUND`, `AMBIGUOUS_PRODUCT` or `METHOD_NOT_ALLOWED`.
   */
  find(product: string | undefined, method: string, resource: ResourcePath): RouteMatch {
    const values: string[] = [];
    const leaf = this.leafOf(product, resource.path, values);
    if (leaf === undefined) throw new AppError(NOT_FOUND, { resource: resource.path });
    const wanted = method === "HEAD" ? "GET" : method;
    const bare = resource.extension === undefined ? leaf.bareByMethod.get(wanted) : undefined;
    const compiled = bare ?? leaf.byMethod.get(wanted);
    if (compiled === undefined) throw new AppError(METHOD_NOT_ALLOWED, { method, allowed: allowedMethods(leaf) });
    return { compiled, values };
  }

  private leafOf(product: string | undefined, path: string, values: string[]): Leaf | undefined {
    const leaf = this.products.get(product ?? DEFAULT_PRODUCT)?.find(path, values);
    if (leaf !== undefined || product !== undefined) return leaf;
    const found: { product: string; leaf: Leaf; values: string[] }[] = [];
    for (const [name, trie] of this.othersThanDefault) {
      const own: string[] = [];
      const other = trie.find(path, own);
      if (other !== undefined) found.push({ product: name, leaf: other, values: own });
    }
    if (found.length > 1) {
      throw new AppError(AMBIGUOUS_PRODUCT, { resource: path, products: found.map((each) => each.product).join(", ") });
    }
    values.push(...(found[0]?.values ?? []));
    return found[0]?.leaf;
  }
}

function allowedMethods(leaf: Leaf): string {
  return [...new Set([...leaf.byMethod.keys(), ...leaf.bareByMethod.keys()])].join(", ");
}

function compile(route: Route, leaf: Leaf): CompiledRoute {
  const names = pathNames(route.path);
  return {
    route,
    pathNames: names,
    accountAt: names.indexOf("AccountSid"),
    shownBy: () => {
      const get = leaf.byMethod.get("GET");
      return get === undefined || get.route.raw || get.route.paging !== undefined ? undefined : get;
    },
    parameters: Object.entries(route.parameters).map(([name, parameter]) => ({ name, parameter })),
  };
}
