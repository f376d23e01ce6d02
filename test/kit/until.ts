const POLL_MS = 5;

/** Waits until `holds` is true; fails with `what` when it is not within `limitMs`. For tests over real sockets. */
export async function until(what: string, holds: () => boolean, limitMs = 10_000): Promise<void> {
  const endMs = Date.now() + limitMs;
  while (!holds()) {
    if (Date.now() > endMs) throw new Error(`not within ${limitMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
