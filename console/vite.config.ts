import react from "@vitejs/plugin-react";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { compressAssets } from "./build/compress-assets.ts";
import { englishAlone } from "./build/english-alone.ts";

/** The program that a page of the development server talks to: one that runs, or `node console/dev/fake.js`. */
const BACK_END = process.env.TRUNKLINE_CONSOLE_BACK_END ?? "http://127.0.0.1:8099";

export default defineConfig({
  base: "/console/",
  resolve: { alias: { "node:buffer": fileURLToPath(new URL("build/no-buffer.ts", import.meta.url)) } },
  plugins: [englishAlone(), react(), compressAssets()],
  build: {
    outDir: "../dist/console",
    manifest: true,
    emptyOutDir: true,
    target: "es2023",
    cssTarget: ["chrome123", "firefox121", "safari17.5"],
    // A data: URL in a style sheet would need a wider policy, and inlined assets are never cached alone.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      treeshake: {
        // What a page does not use of a door is not loaded with it: our modules do nothing by being loaded, but for style sheets.
        moduleSideEffects: (id) => !id.includes("/console/src/") || id.endsWith(".css"),
      },
      // What is loaded with the first page anyway is one file: fewer requests, and fewer octets than one for each set of pages.
      output: { codeSplitting: { groups: [{ name: "shell", tags: ["$initial"] }] } },
    },
    chunkSizeWarningLimit: 900,
    reportCompressedSize: false,
  },
  server: {
    proxy: {
      "/console/api": { target: BACK_END },
      "/console/live": { target: BACK_END, ws: true },
    },
  },
});
