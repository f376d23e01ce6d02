import { it } from "node:test";
import { runSeed } from "../kit/smpp-pdus.ts";
import { NightBooks } from "./night-books.ts";
import { StormyNight } from "./stormy-night.ts";

it("every micro of a stormy night can be explained", async (t) => {
  const seed = runSeed();
  t.diagnostic(`SEED=${seed}`);
  const night = new StormyNight(seed);
  try {
    await night.run();
    const books = await NightBooks.read(night);
    await books.checkWhole();
    const unlearned = books.checkCosts();
    books.checkCharges();
    const balances = await books.checkBalances();
    await books.checkWarnings();
    await books.checkUsage();
    const outage = await books.checkOutage();
    t.diagnostic(JSON.stringify({ ...night.counts, ...books.size, unlearned, balances }));
    for (const row of outage) t.diagnostic(JSON.stringify(row));
  } finally {
    await night.close();
  }
});
