import { systemClock, systemRandomBytes } from "../../adapters/system/index.ts";
import { SidMinter } from "../../kernel/ids.ts";
import { CELL_TYPES, TIERS, signedMount, type SignedEndpoint } from "../../platform/fleet/index.ts";
import { healthRoutes, HttpServer } from "../../platform/http/index.ts";
import type { Logger } from "../../platform/ports.ts";
import type { CellWish } from "./plan.ts";
import type { Supervisor } from "./supervisor.ts";

/** Where the command line speaks to the supervisor. Only on this machine, and only with the system's key. */
export async function openSupervisorDoor(
  supervisor: Supervisor,
  logger: Logger,
): Promise<{ url: string; close(): Promise<void> }> {
  const endpoints: SignedEndpoint[] = [
    { method: "GET", path: "/nodes", run: () => ({ nodes: supervisor.nodes(), cells: supervisor.cells }) },
    { method: "POST", path: "/nodes/{name}/kill", run: ({ path }) => supervisor.kill(path["name"] ?? "") },
    { method: "POST", path: "/cells", run: ({ json }) => supervisor.addCell(readWish(json)) },
    {
      method: "DELETE",
      path: "/cells/{name}",
      run: async ({ path }) => {
        await supervisor.removeCell(path["name"] ?? "");
        return { removed: path["name"] };
      },
    },
  ];
  const server = new HttpServer({
    clock: systemClock,
    logger,
    minter: new SidMinter(() => systemClock.nowMs(), systemRandomBytes),
    authenticator: { authenticate: () => Promise.resolve(undefined) },
    routes: [],
    mounts: [
      ...healthRoutes({ ready: () => [] }),
      ...endpoints.map((endpoint) => signedMount(supervisor.fleetKey, systemClock, endpoint)),
    ],
  });
  const { port } = await server.listen({ host: "127.0.0.1", port: 0 });
  return { url: `http://127.0.0.1:${port}`, close: () => server.close(500) };
}

function readWish(json: unknown): CellWish {
  const { type, tier, region } = (json ?? {}) as Record<string, unknown>;
  return {
    type: CELL_TYPES.find((known) => known === type) ?? "messaging",
    tier: TIERS.find((known) => known === tier) ?? "smb",
    region: typeof region === "string" && /^[a-z][a-z0-9]{0,15}$/.test(region) ? region : "us1",
  };
}
