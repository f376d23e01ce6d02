// Writes docs/generated from the built program. `npm test` fails while the two differ.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { generatedDocuments } from "../dist/src/entry/catalogue.js";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, "docs/generated");
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

mkdirSync(folder, { recursive: true });
const documents = await generatedDocuments(version);
for (const name of readdirSync(folder)) if (!documents.has(name)) rmSync(join(folder, name));
for (const [name, text] of documents) writeFileSync(join(folder, name), text);
console.log([...documents.keys()].map((name) => `docs/generated/${name}`).join("\n"));
