import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { request } from "node:http";
import type { Socket } from "node:net";
import { join } from "node:path";
import { connect } from "node:tls";
import { hostOfUrl } from "../find-running.ts";
import { doubtful, good, wrong, type Finding } from "./finding.ts";

const DAY_MS = 86_400_000;
/** `openAuthority` makes a new one at a start within this time of the end. */
const RENEWAL_DAYS = 30;
const TIMEOUT_MS = 5_000;
const PROBED_HOST = "api.twilio.com";

/** Whether the authority's certificate is whole and valid. */
export async function checkAuthority(dataFolder: string, nowMs: number): Promise<Finding> {
  const name = "authority";
  const path = join(dataFolder, "ca", "ca.pem");
  const pem = await readFile(path, "utf8").catch(() => undefined);
  if (pem === undefined) return good(name, "is not there yet; the first start makes it");
  const again = `Remove ${join(dataFolder, "ca")} and start again; programs then have to trust the new one.`;
  try {
    const certificate = new X509Certificate(pem);
    const daysLeft = Math.floor((Date.parse(certificate.validTo) - nowMs) / DAY_MS);
    if (Date.parse(certificate.validFrom) > nowMs) {
      return wrong(name, `is valid from ${certificate.validFrom} on only`, "Set the clock.");
    }
    if (daysLeft < 0) return wrong(name, `ended on ${certificate.validTo}`, "Start again: a new one is made.");
    if (daysLeft < RENEWAL_DAYS) {
      return doubtful(name, `ends in ${daysLeft} days`, "The next start makes a new one, to be trusted anew.");
    }
    return good(name, `valid until ${new Date(certificate.validTo).toISOString().slice(0, 10)}`);
  } catch {
    return wrong(name, `${path} is damaged`, again);
  }
}

/** Goes the way of an unchanged program: CONNECT to a vendor's host, TLS with nothing but the authority trusted. */
export async function checkProxy(baseUrl: string, caPath: string): Promise<Finding> {
  const name = "proxy";
  try {
    const ca = await readFile(caPath, "utf8");
    const socket = await connectThrough(baseUrl, PROBED_HOST);
    try {
      await handshake(socket, ca);
    } finally {
      socket.destroy();
    }
    return good(name, `answers for ${PROBED_HOST} with a certificate that the authority signed`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const fix =
      "Start again; if it stays so, remove the folder ca in the data folder and have programs trust the new one.";
    return wrong(name, `does not answer for ${PROBED_HOST}: ${reason}`, fix);
  }
}

function connectThrough(baseUrl: string, host: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const asked = request({
      host: hostOfUrl(baseUrl),
      port: new URL(baseUrl).port,
      method: "CONNECT",
      path: `${host}:443`,
      timeout: TIMEOUT_MS,
      agent: false,
    });
    asked.once("connect", ({ statusCode }, socket) => {
      if (statusCode === 200) resolve(socket);
      else {
        socket.destroy();
        reject(new Error(`CONNECT was answered with ${statusCode}`));
      }
    });
    asked.once("timeout", () => asked.destroy(new Error("it took too long")));
    asked.once("error", reject);
    asked.end();
  });
}

function handshake(socket: Socket, ca: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const secured = connect({ socket, ca, servername: PROBED_HOST }, resolve);
    secured.setTimeout(TIMEOUT_MS, () => secured.destroy(new Error("the TLS handshake took too long")));
    secured.once("error", reject);
  });
}
