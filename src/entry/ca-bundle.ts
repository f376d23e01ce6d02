import { randomBytes } from "node:crypto";
import { readFile, rename, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { rootCertificates } from "node:tls";

/** Where systems keep the certificates that they trust: Debian, Fedora, SUSE, Alpine and macOS. */
const SYSTEM_BUNDLES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/ssl/cert.pem",
];
const MAX_BUNDLE_OCTETS = 16 * 1024 * 1024;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/**
 * Writes `bundle.pem` beside the authority's certificate: that certificate, and
 * everything that programs trust without it. For variables that replace what a
 * program trusts: with our certificate alone, other hosts would not be trusted
 * any more. Gives the path.
 */
export async function writeCaBundle(caPath: string, furtherFiles: readonly string[]): Promise<string> {
  const path = join(dirname(caPath), "bundle.pem");
  const system = await firstReadable(SYSTEM_BUNDLES);
  const further = await Promise.all(furtherFiles.filter((file) => file !== path && file !== caPath).map(readBounded));
  const texts = [await readFile(caPath, "utf8"), system, ...further, ...rootCertificates];
  const content = `${combine(texts).join("\n")}\n`;
  if ((await readBounded(path)) === content) return path;
  const temporary = `${path}.${randomBytes(6).toString("hex")}`;
  await writeFile(temporary, content, { mode: 0o644 });
  await rename(temporary, path);
  return path;
}

/** The certificates of some PEM texts, each once, without what stands between them. */
export function combine(texts: readonly string[]): string[] {
  const certificates = texts.flatMap((text) => text.match(CERTIFICATE) ?? []);
  const byContent = new Map(certificates.map((pem) => [pem.replace(/\s/g, ""), pem.replaceAll("\r\n", "\n")]));
  return [...byContent.values()];
}

async function firstReadable(paths: readonly string[]): Promise<string> {
  for (const path of paths) {
    const text = await readBounded(path);
    if (text !== "") return text;
  }
  return "";
}

/** Empty for what cannot be read. */
async function readBounded(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    return size > MAX_BUNDLE_OCTETS ? "" : await readFile(path, "utf8");
  } catch {
    return "";
  }
}
