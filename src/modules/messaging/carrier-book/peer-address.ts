import type { CarrierSettings } from "./make-carrier.ts";

/** Where a carrier is. */
export interface PeerAddress {
  /** `undefined` where it has none. */
  readonly host: string | undefined;
  readonly port: number;
  readonly tls: boolean;
  readonly tlsVerify: boolean;
  /** The field of its settings that says so. */
  readonly path: string;
  /** The same where secrets go to the same place, by the same kind of connection. */
  readonly key: string;
}

/** Where a carrier's secrets go. */
export function addressOf(settings: CarrierSettings): PeerAddress {
  switch (settings.type) {
    case "smpp": {
      const { tls, host, port } = settings.url;
      return complete({ host, port, tls, tlsVerify: settings.tlsVerify, path: "carrier.url" }, "smpp");
    }
    case "http":
      return ofUrl(settings.submit.url.source, settings.tlsVerify, "carrier.submit.url");
    case "twilio":
      return ofUrl(settings.baseUrl, settings.tlsVerify, "carrier.baseUrl");
    case "null":
      return { host: undefined, port: 0, tls: false, tlsVerify: true, path: "carrier", key: "null" };
  }
}

/** The host of a URL has no placeholders; what follows it may. */
function ofUrl(text: string, tlsVerify: boolean, path: string): PeerAddress {
  const { protocol, hostname, port } = new URL(/^https?:\/\/[^/?#]+/.exec(text)?.[0] ?? text);
  const tls = protocol === "https:";
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  return complete({ host, port: port === "" ? (tls ? 443 : 80) : Number(port), tls, tlsVerify, path }, "http");
}

function complete(address: Omit<PeerAddress, "key">, protocol: string): PeerAddress {
  const { host, port, tls, tlsVerify } = address;
  return { ...address, key: [protocol, host, port, tls, tlsVerify].join("|") };
}
