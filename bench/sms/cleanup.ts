/** What was started and has to end, whatever happens. The last goes first. */
export class Cleanup {
  private readonly steps: (() => Promise<unknown> | void)[] = [];

  add(step: () => Promise<unknown> | void): void {
    this.steps.push(step);
  }

  async run(): Promise<void> {
    for (let step = this.steps.pop(); step !== undefined; step = this.steps.pop()) {
      try {
        await step();
      } catch (error) {
        console.error("cleaning up:", error);
      }
    }
  }
}

/** Runs `work` and cleans up after it, also when the benchmark is interrupted. */
export async function withCleanup<T>(work: (cleanup: Cleanup) => Promise<T>): Promise<T> {
  const cleanup = new Cleanup();
  const interrupt = (): void => void cleanup.run().then(() => process.exit(130));
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  try {
    return await work(cleanup);
  } finally {
    await cleanup.run();
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
  }
}
