import type { Socket } from "node:net";

/** What a connection begins with. */
export type Opening =
  /** A TLS record of a handshake (RFC 8446 §5.1), or anything that is to go to the TLS server. */
  | { readonly kind: "tls" }
  /** A request in origin form, or anything that the HTTP server is to make sense of. */
  | { readonly kind: "http" }
  /** The preface of HTTP/2 (RFC 9113 §3.4), from a client that knows without asking that it is spoken here. */
  | { readonly kind: "http2" }
  /** A request that is addressed to a proxy: CONNECT, or one whose target is a whole URL (RFC 9112 §3.2). `head` is everything up to and including the empty line, taken out of the stream. */
  | { readonly kind: "proxy"; readonly head: string }
  /** Closed, or sent too little for too long. */
  | { readonly kind: "none"; readonly reason: "closed" | "timeout" };

const TLS_HANDSHAKE = 0x16;
const MAX_HEAD_OCTETS = 16_384;
/** The longest method that is looked for; what goes on for longer is the HTTP server's to refuse. */
const MAX_METHOD_OCTETS = 24;
const HEAD_END = "\r\n\r\n";
/** RFC 9113 §3.4: 24 octets that no HTTP/1 server can take for a request. */
const HTTP2_PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");

/**
 * Waits until it is clear what a connection begins with, at most `limitMs`.
 * What was read is put back (but for the head of a proxy request), and the
 * socket is paused: the caller hands it on and then resumes it.
 */
export function awaitOpening(socket: Socket, limitMs: number, onOpening: (opening: Opening) => void): void {
  let octets: Buffer = Buffer.alloc(0);
  const finish = (opening: Opening): void => {
    clearTimeout(timer);
    socket.off("data", onData).off("end", onClosed).off("close", onClosed).off("error", onClosed);
    socket.pause();
    const rest = opening.kind === "proxy" ? octets.subarray(opening.head.length) : octets;
    if (rest.length > 0 && !socket.destroyed) socket.unshift(rest);
    onOpening(opening);
  };
  const onData = (chunk: Buffer): void => {
    octets = octets.length === 0 ? chunk : Buffer.concat([octets, chunk]);
    const opening = classify(octets);
    if (opening !== undefined) finish(opening);
  };
  const onClosed = (): void => finish({ kind: "none", reason: "closed" });
  const timer = setTimeout(() => finish({ kind: "none", reason: "timeout" }), limitMs);
  socket.on("data", onData).once("end", onClosed).once("close", onClosed).once("error", onClosed);
}

/** Undefined while there is not enough to tell. */
export function classify(octets: Buffer): Opening | undefined {
  if (octets.length === 0) return undefined;
  if (octets[0] === TLS_HANDSHAKE) return { kind: "tls" };
  if (octets[0] === HTTP2_PREFACE[0] && octets[1] === HTTP2_PREFACE[1] && octets[2] === HTTP2_PREFACE[2]) {
    const known = Math.min(octets.length, HTTP2_PREFACE.length);
    if (octets.compare(HTTP2_PREFACE, 0, known, 0, known) !== 0) return { kind: "http" };
    return known < HTTP2_PREFACE.length ? undefined : { kind: "http2" };
  }
  const method = methodLength(octets);
  if (method === undefined) return undefined;
  const first = octets[method + 1];
  if (method === 0) return { kind: "http" };
  if (first === undefined) return undefined;
  const isConnect = octets.toString("latin1", 0, method) === "CONNECT";
  const isUrl = first === 0x68 || first === 0x48;
  if (!isConnect && !isUrl) return { kind: "http" };
  const end = octets.indexOf(HEAD_END);
  if (end !== -1 && end + HEAD_END.length <= MAX_HEAD_OCTETS)
    return { kind: "proxy", head: octets.toString("latin1", 0, end + HEAD_END.length) };
  return octets.length < MAX_HEAD_OCTETS ? undefined : { kind: "http" };
}

/** How many octets before the first space; 0 when they are no method, undefined while there is no space yet. */
function methodLength(octets: Buffer): number | undefined {
  for (let at = 0; at < octets.length; at += 1) {
    const octet = octets[at] ?? 0;
    if (octet === 0x20) return at;
    if (at >= MAX_METHOD_OCTETS || octet < 0x41 || octet > 0x5a) return 0;
  }
  return undefined;
}
