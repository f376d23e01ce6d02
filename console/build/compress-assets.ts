import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";

const TEXTS = /\.(?:js|css|svg|json|map)$/;
/** Below this the headers of a compressed answer cost what it saves. */
const SMALLEST_OCTETS = 512;

/** Lays a `.gz` and a `.br` beside every text asset, so that the server compresses nothing. */
export function compressAssets(): Plugin {
  return {
    name: "compress-assets",
    apply: "build",
    writeBundle({ dir: folder }) {
      if (folder === undefined) return;
      for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
        if (TEXTS.test(name) && !name.startsWith(".vite")) compress(join(folder, name));
      }
    },
  };
}

function compress(path: string): void {
  const octets = readFileSync(path);
  if (octets.length < SMALLEST_OCTETS) return;
  writeFileSync(`${path}.gz`, gzipSync(octets, { level: 9 }));
  writeFileSync(
    `${path}.br`,
    brotliCompressSync(octets, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: 10,
        [constants.BROTLI_PARAM_SIZE_HINT]: octets.length,
      },
    }),
  );
}
