import { createSocket } from "node:dgram";
import { systemNet } from "../../adapters/system/index.ts";
import type { NodePorts } from "./fleet-file.ts";

const HOST = "127.0.0.1";

/**
 * The ports of each process: those of last time where they are free still, else new ones.
 * A process that is started again is found where it was.
 */
export async function choosePorts(
  names: readonly string[],
  known: Readonly<Record<string, NodePorts>>,
): Promise<Readonly<Record<string, NodePorts>>> {
  const chosen: Record<string, NodePorts> = {};
  for (const name of names) {
    const before = known[name];
    chosen[name] =
      before !== undefined && (await isFree(before))
        ? before
        : { port: await freeTcpPort(0), gossipPort: await freeUdpPort(0) };
  }
  return chosen;
}

async function isFree({ port, gossipPort }: NodePorts): Promise<boolean> {
  try {
    await freeTcpPort(port);
    await freeUdpPort(gossipPort);
    return true;
  } catch {
    return false;
  }
}

async function freeTcpPort(port: number): Promise<number> {
  const listener = await systemNet.listen({ host: HOST, port }, (connection) => connection.destroy());
  await listener.close();
  return listener.port;
}

function freeUdpPort(port: number): Promise<number> {
  const socket = createSocket("udp4");
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(port, HOST, () => {
      const { port: bound } = socket.address();
      socket.close(() => resolve(bound));
    });
  });
}
