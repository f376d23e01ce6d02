/** Work of well under a millisecond, once the code is warm: how many small steps are done before others get their turn. */
const STEPS_A_SLICE = 2_048;

/**
 * Cuts long work into slices. `if (slices.due(1)) await slices.rest();` after every step
 * lets everything else run in between. Steps are counted, not timed, so that the same
 * work is always cut in the same places.
 */
export class Slices {
  private readonly pause: () => Promise<void>;
  private steps = 0;

  constructor(pause: () => Promise<void>) {
    this.pause = pause;
  }

  /** Counts steps of well under a microsecond each; true when it is time to rest. */
  due(steps: number): boolean {
    this.steps += steps;
    return this.steps >= STEPS_A_SLICE;
  }

  rest(): Promise<void> {
    this.steps = 0;
    return this.pause();
  }
}
