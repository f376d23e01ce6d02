import { isIP } from "node:net";
import { headerOf, type HttpRequest } from "../http/index.ts";

/**
 * The address of the client, for cells that are reached through edges only: what the edge wrote
 * (`X-Forwarded-For`, where what a client claims is dropped). Edges give every request its id; one
 * without came by no edge and is from the other end of its connection.
 */
export function addressBehindEdge({ headers, peer }: HttpRequest): string {
  if (headerOf(headers, "x-trunkline-request-id") === undefined) return peer;
  const told = headerOf(headers, "x-forwarded-for");
  return told !== undefined && isIP(told) !== 0 ? told : peer;
}
