/** HTTP/2 from clients (RFC 9113): sessions over sockets that somebody else accepted, and each stream a request. */
export { Http2Server } from "./http2-server.ts";
export type { Http2Options } from "./http2-server.ts";
export type { Http2Limits } from "./limits.ts";
