import type { Clock } from "../ports.ts";

/** Settles as `answer` does, or rejects once `limitMs` passed, for an answer that may never come. */
export async function withinMs<T>(clock: Clock, limitMs: number, answer: Promise<T>): Promise<T> {
  let refuse: (reason: Error) => void = () => {};
  const late = new Promise<never>((_, reject) => {
    refuse = reject;
  });
  const timer = clock.after(limitMs, () => refuse(new Error(`no answer within ${limitMs} ms`)));
  try {
    return await Promise.race([answer, late]);
  } finally {
    timer.cancel();
  }
}
