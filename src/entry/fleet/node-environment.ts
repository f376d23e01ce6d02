import type { ProgramSettings } from "../carriers.ts";
import type { NodePorts } from "./fleet-file.ts";
import type { PlannedCell } from "./plan.ts";

/** What every process of a system on one machine is told. */
export interface FleetEnvironment {
  readonly settings: ProgramSettings;
  readonly controlDatabaseUrl: string;
  /** Of the edge through which links to media lead. */
  readonly publicUrl: string;
  /** By region, of its own edge, where no public URL is set: what people get from a region does not go through another. */
  readonly edgeUrls?: Readonly<Record<string, string>>;
  /** Of the first edge, to be asked for all the others. */
  readonly seed: string;
  /** Unknown before the very first start of the first cell. */
  readonly operatorSid: string | undefined;
  /** Where the simulated carrier takes binds. */
  readonly simulatorPort: number | undefined;
  readonly phonesUrl: string | undefined;
  readonly logFormat: "pretty" | "json";
}

const HOST = "127.0.0.1";

/** The environment of a process beside that of its supervisor. An empty variable counts as not given. */
export type Variables = Readonly<Record<string, string>>;

function common(fleet: FleetEnvironment, name: string, ports: NodePorts): Variables {
  const { settings, seed, operatorSid, logFormat } = fleet;
  return {
    TRUNKLINE_NAME: name,
    TRUNKLINE_DATA: settings.data,
    TRUNKLINE_CELLS: "",
    TRUNKLINE_HOST: HOST,
    TRUNKLINE_PORT: String(ports.port),
    TRUNKLINE_TLS_PORT: "",
    TRUNKLINE_GOSSIP_PORT: String(ports.gossipPort),
    TRUNKLINE_GOSSIP_SEED: seed,
    TRUNKLINE_OPERATOR_SID: operatorSid ?? "",
    TRUNKLINE_PUBLIC_URL: fleet.publicUrl,
    TRUNKLINE_CONTROL_DATABASE_URL: fleet.controlDatabaseUrl,
    TRUNKLINE_LOG_FORMAT: logFormat,
  };
}

/** Of a cell. Each has its own SMPP ports for customers, counted up from those of the settings. */
export function cellEnvironment(
  fleet: FleetEnvironment,
  { cell, ports, databaseUrl }: { cell: PlannedCell; ports: NodePorts; databaseUrl: string },
): Variables {
  const { settings, simulatorPort } = fleet;
  const smppPort = (port: number | undefined): string =>
    port === undefined || cell.type !== "messaging" ? "" : String(port === 0 ? 0 : port + cell.number - 1);
  return {
    ...common(fleet, cell.name, ports),
    TRUNKLINE_REGION: cell.region,
    TRUNKLINE_PUBLIC_URL: fleet.edgeUrls?.[cell.region] ?? fleet.publicUrl,
    TRUNKLINE_CELL_NUMBER: String(cell.number),
    TRUNKLINE_CELL_TYPE: cell.type,
    TRUNKLINE_CELL_TIER: cell.tier,
    TRUNKLINE_DATABASE_URL: databaseUrl,
    // A cell works without the routing table, and never sees it.
    TRUNKLINE_CONTROL_DATABASE_URL: "",
    TRUNKLINE_SMPP_PORT: smppPort(settings.smpp.port),
    TRUNKLINE_SMPP_TLS_PORT: smppPort(settings.smpp.tlsPort),
    TRUNKLINE_SIMULATOR_ENABLED: String(simulatorPort !== undefined),
    TRUNKLINE_SIMULATOR_PORT: String(simulatorPort ?? settings.simulator.port),
  };
}

/** Of an edge. The first one has the port of the settings, the others one of their own. */
export function edgeEnvironment(
  fleet: FleetEnvironment,
  { name, region, ports, isFirst }: { name: string; region: string; ports: NodePorts; isFirst: boolean },
): Variables {
  const { settings } = fleet;
  return {
    ...common(fleet, name, ports),
    TRUNKLINE_REGION: region,
    TRUNKLINE_HOST: settings.host,
    TRUNKLINE_ADVERTISE: HOST,
    TRUNKLINE_TLS_PORT: isFirst && settings.tlsPort !== undefined ? String(settings.tlsPort) : "",
    TRUNKLINE_REDIS_URL: settings.redisUrl ?? "",
  };
}

/** Of the control plane. */
export function controlEnvironment(fleet: FleetEnvironment, ports: NodePorts, region: string): Variables {
  return { ...common(fleet, "control", ports), TRUNKLINE_REGION: region };
}
