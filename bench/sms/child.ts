/** Calls between the benchmark and the processes it starts: one message there, one back. */
import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";

type Calls = Readonly<Record<string, (input: never) => unknown>>;
type Input<C extends Calls, N extends keyof C> = Parameters<C[N]>[0];
type Output<C extends Calls, N extends keyof C> = Awaited<ReturnType<C[N]>>;

interface Request {
  readonly id: number;
  readonly name: string;
  readonly input: unknown;
}

type Answer = { readonly id: number; readonly output: unknown } | { readonly id: number; readonly error: string };

/** In the child: answers the calls of the parent, and ends when the parent is gone. */
export function serveCalls(calls: Calls): void {
  process.on("disconnect", () => process.exit());
  process.on("message", (request: Request) => {
    const call = calls[request.name] as ((input: unknown) => unknown) | undefined;
    const answer = (message: Answer): void => void process.send?.(message);
    Promise.resolve()
      .then(() => call?.(request.input))
      .then((output) => answer({ id: request.id, output }))
      .catch((error: unknown) => {
        answer({ id: request.id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
      });
  });
}

/** In the parent: a process that answers the calls `C`. */
export class Child<C extends Calls> {
  readonly pid: number;
  private readonly process: ChildProcess;
  private readonly waiting = new Map<number, { resolve(output: unknown): void; reject(error: Error): void }>();
  private readonly gone: Promise<void>;
  private nextId = 1;

  constructor(script: string, options: { readonly env?: NodeJS.ProcessEnv; readonly execArgv?: string[] } = {}) {
    // Typed arrays go as they are.
    this.process = fork(fileURLToPath(new URL(script, import.meta.url)), [], { serialization: "advanced", ...options });
    this.pid = this.process.pid ?? -1;
    this.process.on("message", (answer: Answer) => {
      const waiter = this.waiting.get(answer.id);
      this.waiting.delete(answer.id);
      if ("error" in answer) waiter?.reject(new Error(answer.error));
      else waiter?.resolve(answer.output);
    });
    this.gone = new Promise((resolve) => {
      this.process.once("exit", (code, signal) => {
        for (const { reject } of this.waiting.values()) reject(new Error(`${script} ended (${signal ?? code})`));
        this.waiting.clear();
        resolve();
      });
    });
  }

  call<N extends keyof C & string>(name: N, input: Input<C, N>): Promise<Output<C, N>> {
    const id = this.nextId;
    this.nextId += 1;
    return new Promise<Output<C, N>>((resolve, reject) => {
      this.waiting.set(id, { resolve: (output) => resolve(output as Output<C, N>), reject });
      this.process.send({ id, name, input } satisfies Request, (error) => {
        if (error !== null) reject(error);
      });
    });
  }

  /** Sends a signal and resolves when the process is gone. */
  end(signal: NodeJS.Signals): Promise<void> {
    this.process.kill(signal);
    return this.gone;
  }

  /** Closes the channel, at which the process ends by itself, and resolves when it is gone. */
  release(): Promise<void> {
    if (this.process.connected) this.process.disconnect();
    return this.gone;
  }
}
