import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { CommandFailure, defineCommand, EXIT } from "../../platform/cli/index.ts";
import { writeCaBundle } from "../ca-bundle.ts";
import { servedProducts } from "../catalogue.ts";
import { hostOfUrl, locationSettings, reachable, readSettings } from "../find-running.ts";
import { ownCertificateFiles } from "../program-environment.ts";
import { readRunFile } from "../run-file.ts";
import { hostsLines, trustText } from "../trust-text.ts";

export const trust = defineCommand({
  name: "trust",
  summary: "show the certificate authority and how programs come to trust it",
  description:
    "Prints where the certificate of the local authority is, its fingerprint, how operating systems and languages " +
    "come to trust it, and the lines for a hosts file. It changes nothing by itself.",
  example: "npx trunkline trust --pem > trunkline-ca.pem",
  options: {
    pem: { type: "switch", description: "Print the certificate and nothing else." },
    json: { type: "switch", description: "Print as one JSON object." },
  },
  settings: locationSettings,
  run: async (context, { options, settingFlags }) => {
    const settings = readSettings(context, settingFlags);
    const caPath = join(settings.data, "ca", "ca.pem");
    const pem = await readCertificate(caPath);
    if (options.pem) {
      context.stdout.write(pem);
      return EXIT.ok;
    }
    const certificate = new X509Certificate(pem);
    const run = await readRunFile(settings.data);
    const tlsPort = run === undefined ? settings.tlsPort : portOf(run.tlsUrl);
    const baseUrl = run === undefined ? undefined : reachable(run.baseUrl);
    const facts = {
      caPath,
      bundlePath: await writeCaBundle(caPath, ownCertificateFiles(context.env)),
      fingerprint: certificate.fingerprint256,
      subject: certificate.subject.replaceAll("\n", ", "),
      validTo: new Date(certificate.validTo).toISOString(),
      names: (await servedProducts()).map((product) => `${product}.twilio.com`),
      address: baseUrl === undefined ? "127.0.0.1" : hostOfUrl(baseUrl),
      tlsPort,
      proxy: baseUrl === undefined ? undefined : { host: hostOfUrl(baseUrl), port: new URL(baseUrl).port },
    };
    const shown = { ...facts, hosts: hostsLines(facts.address, facts.names) };
    context.stdout.write(options.json ? `${JSON.stringify(shown, null, 2)}\n` : trustText(facts));
    return EXIT.ok;
  },
});

async function readCertificate(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new CommandFailure(
      `there is no certificate authority at ${path}; the first start makes it. Start with “npx trunkline up”, ` +
        "or name the data folder with --data or TRUNKLINE_DATA.",
    );
  }
}

function portOf(url: string | null): number | undefined {
  return url === null ? undefined : Number(new URL(url).port || 443);
}
