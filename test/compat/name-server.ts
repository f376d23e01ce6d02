/**
 * Loaded before a customer's program with `--import`: stands for the name server and the
 * router that lead `*.twilio.com:443` to the port `TLS_PORT` of this machine. Certificates
 * are checked against the names that the program asked for.
 */
import https from "node:https";
import type { LookupFunction } from "node:net";

const port = Number(process.env["TLS_PORT"]);

const lookup: LookupFunction = (_name, options, callback) => {
  const address = { address: "127.0.0.1", family: 4 };
  if (options.all === true) callback(null, [address]);
  else callback(null, address.address, address.family);
};

interface ConnectionOptions {
  readonly host?: string;
}

const prototype = https.Agent.prototype as unknown as {
  createConnection: (options: ConnectionOptions, ...rest: unknown[]) => unknown;
};
const connect = prototype.createConnection;
prototype.createConnection = function (options, ...rest) {
  const isTheirs = options.host?.endsWith(".twilio.com") === true;
  return connect.call(this, isTheirs ? { ...options, port, lookup } : options, ...rest);
};
