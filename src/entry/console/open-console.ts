import { join } from "node:path";
import { StaticFolder } from "../../adapters/files/index.ts";
import { systemClock, systemRandomBytes } from "../../adapters/system/index.ts";
import { consoleDoor, permissionForTopic, type CellAsker } from "../../modules/console/index.ts";
import type { ConsoleViewer } from "../../platform/console/index.ts";
import type { FleetKey } from "../../platform/fleet/index.ts";
import type { HttpRequest, HttpResponse, Mount } from "../../platform/http/index.ts";
import { fleetSource, LiveHub, type LiveAsk, type LiveReply, type LiveSource } from "../../platform/live/index.ts";
import type { Logger } from "../../platform/ports.ts";
import { WebSocketDoor } from "../../platform/websocket/index.ts";
import type { ProgramSettings } from "../carriers.ts";
import { packageFolder } from "../package-folder.ts";

/** What cells tell of while it happens. `carriers` is the operator's, the others everybody's own. */
const CELL_TOPICS = ["series", "messages", "requests", "webhooks", "alerts", "alert-states", "carriers"];

/** What the console of a process is made of. */
export interface ConsoleParts {
  readonly settings: ProgramSettings;
  readonly logger: Logger;
  readonly fleetKey: FleetKey;
  /** Of this process; no cell has it. */
  readonly name: string;
  readonly asker: CellAsker;
  /** The names of the cells that a viewer's things are in. At once, from memory. */
  readonly cellsOf: (viewer: ConsoleViewer, all: boolean) => readonly string[];
  readonly askLive: (cell: string, asks: readonly LiveAsk[]) => Promise<readonly LiveReply[]> | readonly LiveReply[];
  /** All cells and processes, as they are now. */
  readonly fleet: () => unknown;
  /** What this process tells of beside that. */
  readonly sources: readonly LiveSource[];
  /** The whole pipeline of this process. */
  readonly send: (request: HttpRequest) => Promise<HttpResponse>;
  readonly simulator: ((request: HttpRequest) => Promise<HttpResponse>) | undefined;
  readonly isOperator: (accountSid: string) => boolean;
  /** Whether there are, or could be, several cells. */
  readonly isFleet: boolean;
}

/** The console of a process: what it answers with, and what is live. */
export interface OpenConsole {
  readonly mounts: readonly Mount[];
  /** Sessions were ended: they end here at once. */
  endSessions(sessionSids: readonly string[]): void;
  /** For metrics. */
  load(): { readonly sockets: number; readonly subscriptions: number };
  close(): Promise<void>;
}

/** Opens the console of an edge, or of a system of one process. */
export function openConsole(parts: ConsoleParts): OpenConsole {
  const { settings, logger, fleetKey, name, asker, send, simulator, isOperator, isFleet } = parts;
  const door = consoleDoor({
    clock: systemClock,
    logger,
    fleetKey,
    randomBytes: systemRandomBytes,
    cells: asker,
    send,
    simulator,
    files: new StaticFolder(join(packageFolder(), "dist", "console"), systemClock),
    isOperator,
    features: () => ({
      simulator: simulator !== undefined,
      chaos: settings.console.chaos,
      fleet: isFleet,
      development: settings.simulator.enabled,
    }),
    publicUrl: () => (settings.publicUrl === undefined ? undefined : String(settings.publicUrl)),
  });
  const sockets = new WebSocketDoor({ clock: systemClock });
  const hub = new LiveHub<ConsoleViewer>({
    clock: systemClock,
    logger,
    name,
    ownSources: [fleetSource({ clock: systemClock, status: parts.fleet }), ...parts.sources],
    cellTopics: CELL_TOPICS,
    cellsOf: parts.cellsOf,
    askCell: parts.askLive,
    mayWatch: ({ permissions }, topic) => {
      const permission = permissionForTopic(topic);
      return permission !== undefined && permissions.has(permission);
    },
    recheck: (viewer) => viewer.recheck(),
  });
  const live = sockets.mount<ConsoleViewer>({
    path: "/console/live",
    admit: async ({ request }) => {
      const viewer = await door.whoIs(request);
      return viewer === undefined ? undefined : { key: viewer.sessionSid, who: viewer };
    },
    onSocket: (socket, viewer) => hub.attach(socket, viewer),
  });
  return {
    mounts: [live, ...door.mounts],
    endSessions: (sids) => {
      door.forgetSessions(sids);
      for (const sid of sids) hub.endSession(sid);
    },
    load: () => hub.load,
    close: async () => sockets.close(),
  };
}
