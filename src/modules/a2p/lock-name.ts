import type { DatabaseSession } from "../../platform/ports.ts";

/** Keeps others that lock the same name waiting until the transaction ends. */
export async function lockName(tx: DatabaseSession, name: string): Promise<void> {
  await tx.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [`a2p ${name}`]);
}
