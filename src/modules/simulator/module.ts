import { Simulator } from "./simulator.ts";
import type { SimulatorDeps } from "./simulator.ts";
import type { SimulatorOptions } from "./options.ts";

/** A simulated carrier that listens, and where. */
export interface RunningSimulator {
  readonly simulator: Simulator;
  readonly host: string;
  readonly port: number;
}

/** Starts a simulated carrier. What entry calls; its HTTP resources are mounted over the `Simulator` that comes back. */
export async function startSimulator(deps: SimulatorDeps, options: SimulatorOptions): Promise<RunningSimulator> {
  const simulator = new Simulator({ ...deps, log: deps.log.child({ module: "simulator" }) }, options);
  const { host, port } = await simulator.start();
  return { simulator, host, port };
}
