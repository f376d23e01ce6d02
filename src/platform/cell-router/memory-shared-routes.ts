import type { CellType, Home } from "../fleet/index.ts";
import { HomeBook } from "./home-book.ts";
import type { SharedRoutes } from "./ports.ts";

/** {@link SharedRoutes} within one process, for tests and for systems without Redis. */
export class MemorySharedRoutes implements SharedRoutes {
  readonly #maxHomes: number;
  readonly #books = new Map<CellType, HomeBook>();

  /** `maxHomes` are kept for each type of cell. */
  constructor(maxHomes = 10_000) {
    this.#maxHomes = maxHomes;
  }

  async get(key: string, type: CellType): Promise<Home | undefined> {
    return this.#books.get(type)?.get(key);
  }

  async put(key: string, type: CellType, home: Home): Promise<void> {
    let book = this.#books.get(type);
    if (book === undefined) {
      book = new HomeBook({ maxFollowed: 0, maxCached: this.#maxHomes });
      this.#books.set(type, book);
    }
    book.cache(key, home);
  }
}
