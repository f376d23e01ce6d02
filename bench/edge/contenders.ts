import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** A proxy under test, or the backend itself. */
export interface Contender {
  readonly name: string;
  readonly port: number;
  /** What its processes have used so far, in microseconds. */
  cpuUs(): number;
  stop(): Promise<void>;
}

const SERVER = fileURLToPath(new URL("../edge-process.js", import.meta.url));
const ANSWER = JSON.stringify({ sid: `SM${"0".repeat(32)}`, status: "queued", to: "+447700900123" });
/** Of `/proc/<pid>/stat`: hundredths of a second. */
const TICK_US = 10_000;

/** Whether a program is here. */
export function isInstalled(program: string): boolean {
  return spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;
}

/** The cell: nginx that answers as a cell would, without doing anything. */
export async function startBackend(): Promise<Contender> {
  const port = await freePort();
  const location = `location / { default_type application/json; add_header Twilio-Request-Id RQ${"0".repeat(32)}; add_header Twilio-Concurrent-Requests 1; add_header Twilio-Request-Duration 0.002; return 201 '${ANSWER}'; }`;
  return startNginx("backend (nginx)", port, `server { listen 127.0.0.1:${port} reuseport; ${location} }`);
}

/** nginx as a proxy, with connections kept to the backend. */
export async function startNginxProxy(backend: number): Promise<Contender> {
  const port = await freePort();
  const upstream = `upstream cell { server 127.0.0.1:${backend}; keepalive 128; keepalive_requests 1000000; }`;
  const location = `location / { proxy_pass http://cell; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header X-Forwarded-Host $host; proxy_set_header X-Forwarded-For $remote_addr; }`;
  return startNginx("nginx", port, `${upstream} server { listen 127.0.0.1:${port}; ${location} }`);
}

async function startNginx(name: string, port: number, http: string): Promise<Contender> {
  const folder = mkdtempSync(join(tmpdir(), "trunkline-bench-"));
  const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (kind) => `${kind}_temp_path ${folder}/${kind};`,
  );
  const config = `daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log;
    events { worker_connections 4096; }
    http { access_log off; keepalive_requests 10000000; ${paths.join(" ")} ${http} }`;
  writeFileSync(join(folder, "nginx.conf"), config);
  const child = spawn("nginx", ["-p", folder, "-c", join(folder, "nginx.conf")], { stdio: "ignore" });
  return contenderOf({ name, port, child, folder });
}

/** haproxy with one thread, as it would stand before cells. */
export async function startHaproxy(backend: number): Promise<Contender> {
  const folder = mkdtempSync(join(tmpdir(), "trunkline-bench-"));
  const port = await freePort();
  const config = `global
  nbthread 1
defaults
  mode http
  timeout connect 1s
  timeout client 30s
  timeout server 30s
  http-reuse always
  option forwardfor
frontend edge
  bind 127.0.0.1:${port}
  default_backend cells
backend cells
  server messaging-1 127.0.0.1:${backend}
`;
  writeFileSync(join(folder, "haproxy.cfg"), config);
  const child = spawn("haproxy", ["-db", "-q", "-f", join(folder, "haproxy.cfg")], { stdio: "ignore" });
  return contenderOf({ name: "haproxy", port, child, folder });
}

/** Our edge. `profile` names a folder for a CPU profile. */
export async function startEdge(
  mode: "full" | "bare",
  backend: number,
  caller: { account: string; token: string; profile: string | undefined },
): Promise<Contender> {
  const flags = caller.profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${caller.profile}/${mode}`];
  const args = [...flags, SERVER, mode, String(backend), caller.account, caller.token];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit", "ipc"] });
  const [line] = (await once(child.stdout as NodeJS.ReadableStream, "data")) as [Buffer];
  const { port } = JSON.parse(line.toString()) as { port: number };
  const name = mode === "full" ? "edge, every stage on" : "edge, bare pass-through";
  return contenderOf({ name, port, child, folder: undefined });
}

async function contenderOf(input: {
  name: string;
  port: number;
  child: ChildProcess;
  folder: string | undefined;
}): Promise<Contender> {
  const { name, port, child, folder } = input;
  const pid = child.pid ?? 0;
  for (let tries = 0; tries < 100 && !(await accepts(port)); tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    name,
    port,
    cpuUs: () => [pid, ...childrenOf(pid)].reduce((sum, each) => sum + ticksOf(each) * TICK_US, 0),
    stop: async () => {
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      await gone;
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function accepts(port: number): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined);
  await answer?.arrayBuffer();
  return answer !== undefined;
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** nginx works in a child of the process that was started. */
function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((task) => {
    const list = readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").trim();
    return list === "" ? [] : list.split(" ").map(Number);
  });
}

/** User and system time, all threads (proc(5), fields 14 and 15). */
function ticksOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  return Number(fields[11]) + Number(fields[12]);
}
