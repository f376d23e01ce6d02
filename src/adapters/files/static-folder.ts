import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { StaticFile, StaticFiles } from "../../platform/console/index.ts";
import type { Clock } from "../../platform/ports.ts";

/** A folder that holds more than this was not made by the build that it is for. */
const MAX_FILES = 2_000;
const MAX_OCTETS = 64 * 1_048_576;
/** How often it is looked whether the folder was built anew. */
const LOOK_AGAIN_MS = 1_000;
/** Good enough that it is within a few percent of the best, in a tenth of its time. */
const BROTLI_QUALITY = 6;
const TAG_CHARACTERS = 22;

const gzipped = promisify(gzip);
const brotlied = promisify(brotliCompress);

/** What tells that a folder was built anew. */
interface Stamp {
  readonly mtimeMs: number;
  readonly size: number;
}

/**
 * The files of a folder, all in memory: what was not found in it when it was read can be asked for in
 * no way. Read at the first question, and anew when `index.html` has changed. Files that lie beside
 * others as `x.br` and `x.gz` are taken for those; without them content is compressed when first asked for.
 */
export class StaticFolder implements StaticFiles {
  private readonly folder: string;
  private readonly clock: Pick<Clock, "monotonicMs">;
  private files: Promise<ReadonlyMap<string, StaticFile>> = Promise.resolve(new Map<string, StaticFile>());
  private stamp: Stamp | undefined;
  private lookedMs = Number.NEGATIVE_INFINITY;

  constructor(folder: string, clock: Pick<Clock, "monotonicMs">) {
    this.folder = folder;
    this.clock = clock;
  }

  async find(path: string): Promise<StaticFile | undefined> {
    const nowMs = this.clock.monotonicMs();
    if (nowMs - this.lookedMs >= LOOK_AGAIN_MS) {
      this.lookedMs = nowMs;
      this.files = this.look(this.files);
    }
    return (await this.files).get(path);
  }

  private async look(known: Promise<ReadonlyMap<string, StaticFile>>): Promise<ReadonlyMap<string, StaticFile>> {
    const found = await stat(join(this.folder, "index.html")).catch(() => undefined);
    if (found === undefined) {
      this.stamp = undefined;
      return new Map();
    }
    if (this.stamp?.mtimeMs === found.mtimeMs && this.stamp.size === found.size) return known;
    const files = await readAll(this.folder).catch(() => undefined);
    // In the middle of a build: what was there is served a little longer.
    if (files === undefined) return known;
    this.stamp = { mtimeMs: found.mtimeMs, size: found.size };
    return files;
  }
}

async function readAll(folder: string): Promise<ReadonlyMap<string, StaticFile>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  // No links: what is served lies in the folder.
  const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  if (paths.length > MAX_FILES) throw new Error(`${folder} has more than ${MAX_FILES} files`);
  const contents = new Map<string, Buffer>();
  let octets = 0;
  for (const path of paths) {
    const content = await readFile(path);
    octets += content.length;
    if (octets > MAX_OCTETS) throw new Error(`${folder} holds more than ${MAX_OCTETS} octets`);
    contents.set(relative(folder, path).split(sep).join("/"), content);
  }
  const files = new Map<string, StaticFile>();
  for (const [path, content] of contents) {
    const isHidden = path.split("/").some((part) => part.startsWith("."));
    const isCompressed = /\.(?:br|gz)$/.test(path) && contents.has(path.replace(/\.(?:br|gz)$/, ""));
    if (isHidden || isCompressed) continue;
    files.set(path, new FolderFile(content, contents.get(`${path}.br`), contents.get(`${path}.gz`)));
  }
  return files;
}

class FolderFile implements StaticFile {
  readonly content: Uint8Array;
  readonly tag: string;
  private readonly made = new Map<string, Promise<Uint8Array | undefined>>();

  constructor(content: Buffer, br: Buffer | undefined, gz: Buffer | undefined) {
    this.content = content;
    this.tag = createHash("sha256").update(content).digest("base64url").slice(0, TAG_CHARACTERS);
    if (br !== undefined) this.made.set("br", Promise.resolve(br));
    if (gz !== undefined) this.made.set("gzip", Promise.resolve(gz));
  }

  compressed(coding: "br" | "gzip"): Promise<Uint8Array | undefined> {
    let compressed = this.made.get(coding);
    if (compressed === undefined) {
      compressed = this.compress(coding).then((made) => (made.length < this.content.length ? made : undefined));
      this.made.set(coding, compressed);
    }
    return compressed;
  }

  private compress(coding: "br" | "gzip"): Promise<Buffer> {
    if (coding === "gzip") return gzipped(this.content);
    return brotlied(this.content, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } });
  }
}
