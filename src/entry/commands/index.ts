/** The commands of the command line, in the order of the help. One file and one line each. */
import type { CommandEntry } from "../../platform/cli/index.ts";

export const commands: readonly CommandEntry[] = [
  { name: "up", load: async () => (await import("./up.ts")).up },
  { name: "env", load: async () => (await import("./env.ts")).env },
  { name: "trust", load: async () => (await import("./trust.ts")).trust },
  { name: "send", load: async () => (await import("./send.ts")).send },
  { name: "console", load: async () => (await import("./console.ts")).consoleCommand },
  { name: "phones", load: async () => (await import("./phones.ts")).phones },
  { name: "routes", load: async () => (await import("./routes.ts")).routes },
  { name: "why", load: async () => (await import("./why.ts")).why },
  { name: "cells", load: async () => (await import("./cells.ts")).cells },
  { name: "simulate carrier", load: async () => (await import("./simulate-carrier.ts")).simulateCarrier },
  { name: "doctor", load: async () => (await import("./doctor.ts")).doctor },
  { name: "all", load: async () => (await import("./all.ts")).all },
  { name: "edge", load: async () => (await import("./edge.ts")).edge },
  { name: "cell", load: async () => (await import("./cell.ts")).cell },
  { name: "control", load: async () => (await import("./control.ts")).control },
];
