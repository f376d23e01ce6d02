/** An edge of a flow network and its way back, which is the next one or the one before. */
interface Edge {
  readonly to: number;
  left: number;
}

/** Amounts smaller than this are none. */
const NOTHING = 1e-9;

/** The most that can flow from one place to another: Dinic's algorithm (1970). */
export class FlowNetwork {
  private readonly edges: Edge[] = [];
  private readonly from: number[][] = [];

  /** Makes a place. */
  place(): number {
    return this.from.push([]) - 1;
  }

  /** Lets so much go from one place to another. */
  pipe(from: number, to: number, capacity: number): void {
    (this.from[from] as number[]).push(this.edges.push({ to, left: capacity }) - 1);
    (this.from[to] as number[]).push(this.edges.push({ to: from, left: 0 }) - 1);
  }

  /** The greatest flow. The network is used up by asking. */
  greatest(source: number, sink: number): number {
    let total = 0;
    for (;;) {
      const levels = this.levels(source);
      if (levels[sink] === -1) return total;
      const tried = new Int32Array(this.from.length);
      for (;;) {
        const pushed = this.push({ levels, tried, sink }, source, Infinity);
        if (pushed < NOTHING) break;
        total += pushed;
      }
    }
  }

  private levels(source: number): Int32Array {
    const levels = new Int32Array(this.from.length).fill(-1);
    levels[source] = 0;
    const queue = [source];
    for (const at of queue) {
      for (const index of this.from[at] as number[]) {
        const { to, left } = this.edges[index] as Edge;
        if (left < NOTHING || levels[to] !== -1) continue;
        levels[to] = (levels[at] as number) + 1;
        queue.push(to);
      }
    }
    return levels;
  }

  private push(
    search: { readonly levels: Int32Array; readonly tried: Int32Array; readonly sink: number },
    at: number,
    most: number,
  ): number {
    const { levels, tried, sink } = search;
    if (at === sink) return most;
    const out = this.from[at] as number[];
    for (; (tried[at] as number) < out.length; tried[at] = (tried[at] as number) + 1) {
      const index = out[tried[at] as number] as number;
      const edge = this.edges[index] as Edge;
      if (edge.left < NOTHING || levels[edge.to] !== (levels[at] as number) + 1) continue;
      const pushed = this.push(search, edge.to, Math.min(most, edge.left));
      if (pushed < NOTHING) continue;
      edge.left -= pushed;
      (this.edges[index ^ 1] as Edge).left += pushed;
      return pushed;
    }
    return 0;
  }
}
