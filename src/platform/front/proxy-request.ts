import { normalizeHost } from "../hosts/index.ts";

/** A request to a proxy, as far as it is known before anybody decided about it. */
export interface ProxyRequest {
  readonly method: string;
  /** Lower case, without brackets. */
  readonly host: string;
  readonly port: number;
  /** The head to send on to `host`; undefined for CONNECT, where nothing of the request is. */
  readonly onward: string | undefined;
}

/** Fields that are between the client and the proxy (RFC 9110 §7.6.1), and the one that is written anew. */
const DROPPED_FIELDS = new Set(["connection", "proxy-connection", "proxy-authorization", "keep-alive", "host"]);

/** Takes the head of a CONNECT or absolute-form request apart. Undefined when it is malformed. */
export function parseProxyRequest(head: string): ProxyRequest | undefined {
  const [requestLine = "", ...fields] = head.slice(0, -4).split("\r\n");
  const [, method = "", target = "", version] = /^([A-Z]+) (\S+) HTTP\/1\.([01])$/.exec(requestLine) ?? [];
  if (version === undefined) return undefined;
  if (method === "CONNECT") {
    const address = parseAuthority(target);
    return address && { method, ...address, onward: undefined };
  }
  const [, authority = "", path = ""] = /^http:\/\/([^/?#]*)([^#]*)$/i.exec(target) ?? [];
  const address = parseAuthority(/:\d+$/.test(authority) ? authority : `${authority}:80`);
  if (address === undefined) return undefined;
  const kept = fields.filter(
    (field) => !DROPPED_FIELDS.has(field.slice(0, Math.max(0, field.indexOf(":"))).toLowerCase()),
  );
  // The answer is passed through as it comes, so this connection can carry only one.
  const lines = [
    `${method} ${path.startsWith("/") ? path : `/${path}`} HTTP/1.1`,
    `Host: ${authority}`,
    ...kept,
    "Connection: close",
  ];
  return { method, ...address, onward: `${lines.join("\r\n")}\r\n\r\n` };
}

/** RFC 9112 §3.2.3: host and port, both needed. */
function parseAuthority(authority: string): { host: string; port: number } | undefined {
  const [, name = "", digits = ""] = /^([^:@]+|\[[0-9a-f:.]+\]):(\d{1,5})$/i.exec(authority) ?? [];
  const host = normalizeHost(name);
  const port = Number(digits);
  return host !== undefined && port >= 1 && port <= 65_535 ? { host, port } : undefined;
}
