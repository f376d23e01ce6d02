/**
 * What is measured, in a process of its own: a cell of links, or a bare `node:http` that
 * answers the same. Arguments: `links` or `bare`, folder, database, `sync` or `async`. Says its
 * port, and answers each line with the CPU of its main thread so far, in microseconds.
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { openLinkCell } from "../test/kit/link-cell.ts";

const [kind = "bare", folder = "", databaseUrl = "", durability = "sync"] = process.argv.slice(2);
const LOCATION = "https://shop.example/campaigns/autumn/offer?customer=1234567&utm_source=sms&utm_campaign=autumn";

async function listen(): Promise<number> {
  if (kind === "links") {
    const { port } = await openLinkCell({ folder, databaseUrl, durability: durability === "async" ? "async" : "sync" });
    return port;
  }
  const server = createServer((_request, response) => {
    response.writeHead(302, {
      Location: LOCATION,
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
      "Referrer-Policy": "strict-origin-when-cross-origin",
      "X-Robots-Tag": "noindex, nofollow",
      "Content-Length": 0,
    });
    response.end();
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

/** What the main thread has used; the first number of `schedstat` is nanoseconds on a CPU. */
function threadCpuUs(): number {
  const [ns] = readFileSync(`/proc/self/task/${process.pid}/schedstat`, "utf8").split(" ");
  return Number(ns) / 1_000;
}

console.log(await listen());
createInterface({ input: process.stdin })
  .on("line", () => {
    const { user, system } = process.cpuUsage();
    const { rss, heapUsed } = process.memoryUsage();
    console.log(JSON.stringify({ threadUs: threadCpuUs(), processUs: user + system, rss, heapUsed }));
  })
  .on("close", () => process.exit());
