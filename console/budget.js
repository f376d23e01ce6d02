// What a browser loads first, compressed as the server sends it: node console/budget.js [folder of the build].
// The sign-in shell with its page, and the shell with the page that one comes to; both must fit.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

export const FIRST_LOAD_LIMIT_OCTETS = 250 * 1024;
const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Octets after gzip of everything that a chunk and its static imports need: `{octets, files}`. */
function closure(folder, manifest, keys) {
  const files = new Set();
  const seen = new Set();
  const add = (key) => {
    if (seen.has(key)) return;
    seen.add(key);
    const chunk = manifest[key];
    if (chunk === undefined) throw new Error(`the manifest has no ${key}`);
    files.add(chunk.file);
    for (const css of chunk.css ?? []) files.add(css);
    for (const imported of chunk.imports ?? []) add(imported);
  };
  for (const key of keys) add(key);
  const sizes = [...files].map((file) => ({
    file,
    octets: gzipSync(readFileSync(join(folder, file)), { level: 9 }).length,
  }));
  return { octets: sizes.reduce((sum, { octets }) => sum + octets, 0), files: sizes };
}

/** Measures a build: what the sign-in loads, what each page loads on top of the shell, and the worst of the firsts. */
export function measure(folder = join(root, "dist/console")) {
  const manifest = JSON.parse(readFileSync(join(folder, ".vite/manifest.json"), "utf8"));
  const html = ["index.html", "theme.js", "icon.svg"].reduce(
    (sum, file) => sum + gzipSync(readFileSync(join(folder, file))).length,
    0,
  );
  const shell = closure(folder, manifest, ["index.html"]).octets + html;
  const pages = Object.keys(manifest)
    .filter((key) => /^src\/pages\/.*-page\.tsx$/.test(key) || key === "src/sign-in/sign-in-page.tsx")
    .map((key) => ({ page: key, firstLoadOctets: closure(folder, manifest, ["index.html", key]).octets + html }));
  return { limitOctets: FIRST_LOAD_LIMIT_OCTETS, shellOctets: shell, pages };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { limitOctets, shellOctets, pages } = measure(process.argv[2]);
  const text = (octets) => `${(octets / 1024).toFixed(1)} kB`.padStart(10);
  process.stdout.write(`${text(shellOctets)}  the shell alone\n`);
  for (const { page, firstLoadOctets } of pages) process.stdout.write(`${text(firstLoadOctets)}  ${page}\n`);
  const worst = Math.max(...pages.map(({ firstLoadOctets }) => firstLoadOctets));
  process.stdout.write(`${text(worst)}  of ${text(limitOctets).trim()} at most\n`);
  if (worst > limitOctets) process.exitCode = 1;
}
