import { migrate, openDatabase } from "../adapters/postgres/index.ts";
import { systemClock } from "../adapters/system/index.ts";
import { healthRoutes, HttpServer } from "../platform/http/index.ts";
import { makeControlPlane } from "./control-plane.ts";
import { GOSSIP_CONFIG_ROOT } from "../platform/drift/index.ts";
import { callOverNetwork } from "./fleet/cell-calls.ts";
import { CONTROL_ADDRESS } from "./fleet/control-address.ts";
import { joinGossip } from "./fleet/join-gossip.ts";
import { reportReady } from "./fleet/ready-report.ts";
import { sharedSettings, sharedSettingsMount } from "./fleet/shared-settings.ts";
import { metricsMount, watchAnswers } from "./metrics.ts";
import { startWithParts, type NodeParts } from "./node-parts.ts";
import type { RoleStart, Running } from "./role-command.ts";
import { StartFailure } from "./start-failure.ts";

const POOL_SIZE = 5;

/** Starts the control plane. Rejects with {@link StartFailure} in words for the operator; nothing is left running then. */
export function startControl(role: RoleStart): Promise<Running> {
  return startWithParts(role, { kind: "control", cellNumber: 0 }, run);
}

async function run(role: RoleStart, parts: NodeParts): Promise<Running> {
  const { settings, logger, onFatal } = role;
  const { name, shutdown, metrics, minter } = parts;
  const url = settings.controlDatabaseUrl;
  if (url === undefined) throw new StartFailure("The control plane needs a database: give it with controlDatabaseUrl.");
  const database = openDatabase({ url: String(url), poolSize: POOL_SIZE });
  shutdown.add("database connections", () => database.close());
  const gossip = await joinGossip(role, parts, "control");
  const control = makeControlPlane({
    ...parts,
    logger,
    database,
    gossip,
    clock: systemClock,
    operatorSid: () => settings.operatorSid,
    callCell: callOverNetwork(parts.fleetKey, gossip),
    dataFolder: settings.data,
    chaos: settings.console.chaos,
  });
  await migrate(database, control.migrations);
  await control.start();
  shutdown.add("control plane", () => control.close());
  const shared = sharedSettings(settings);
  const server = new HttpServer({
    clock: systemClock,
    logger,
    minter,
    authenticator: control.authenticator,
    routes: control.routes,
    mounts: [
      ...healthRoutes({ ready: () => [] }),
      metricsMount(metrics),
      sharedSettingsMount(shared, parts.fleetKey, systemClock),
      ...control.mounts,
    ],
    onAnswer: watchAnswers(metrics),
    onBug: (error) => onFatal(error.message),
  });
  const address = await server.listen({ host: settings.host, port: settings.port }).catch((error: unknown) => {
    throw StartFailure.ofListen(error, { port: settings.port, setting: "port" });
  });
  shutdown.add("door for edges", () => server.close(2_000));
  const host = settings.advertise ?? address.host;
  gossip.set(GOSSIP_CONFIG_ROOT, shared.root);
  gossip.set(CONTROL_ADDRESS, JSON.stringify({ host, port: address.port }));
  reportReady({ kind: "ready", name, baseUrl: `http://${address.host}:${address.port}` });
  return { close: () => shutdown.run() };
}
