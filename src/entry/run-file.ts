import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** What a running system tells the other commands of the command line. Holds a secret, so only its owner can read it. */
export interface RunFile {
  readonly pid: number;
  readonly baseUrl: string;
  readonly tlsUrl: string | null;
  readonly caPath: string;
  readonly accountSid: string;
  readonly authToken: string;
  readonly from: string | null;
  /** Whether the simulated carrier runs in it. */
  readonly simulator: boolean;
  /** Where customers bind by SMPP. */
  readonly smppPort: number | null;
  readonly smppTlsPort: number | null;
  /** Where the simulated phones are, where they are not at `baseUrl`. */
  readonly phonesUrl: string | null;
  /** Of a system of several processes: where whoever runs them is spoken to. */
  readonly supervisorUrl: string | null;
}

const NAME = "run.json";

export async function writeRunFile(dataFolder: string, content: RunFile): Promise<void> {
  const path = join(dataFolder, NAME);
  await writeFile(`${path}.new`, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  await rename(`${path}.new`, path);
}

/** What runs with this data folder, or `undefined` if nothing does. */
export async function readRunFile(dataFolder: string): Promise<RunFile | undefined> {
  try {
    const content = JSON.parse(await readFile(join(dataFolder, NAME), "utf8")) as RunFile;
    process.kill(content.pid, 0);
    return content;
  } catch {
    return undefined;
  }
}

export async function removeRunFile(dataFolder: string): Promise<void> {
  await rm(join(dataFolder, NAME), { force: true });
}
