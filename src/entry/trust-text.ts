import { quote } from "./shell-lines.ts";

const HOSTS_PER_LINE = 5;

export interface TrustInput {
  readonly caPath: string;
  readonly bundlePath: string;
  /** SHA-256, colon-separated hex. */
  readonly fingerprint: string;
  readonly subject: string;
  readonly validTo: string;
  /** The vendors' names that are answered for. */
  readonly names: readonly string[];
  /** Where they are to lead. */
  readonly address: string;
  /** The TLS port, where there is one. */
  readonly tlsPort: number | undefined;
  /** Host and port of the proxy; without a running system there is none. */
  readonly proxy: { readonly host: string; readonly port: string } | undefined;
}

/** The lines of a hosts file that lead names to an address. A hosts file takes no wildcards. */
export function hostsLines(address: string, names: readonly string[]): string[] {
  const lines: string[] = [];
  for (let at = 0; at < names.length; at += HOSTS_PER_LINE) {
    lines.push(`${address} ${names.slice(at, at + HOSTS_PER_LINE).join(" ")}`);
  }
  return lines;
}

/** All that is to be known about trusting the authority, for people. */
export function trustText(input: TrustInput): string {
  const ca = quote("sh", input.caPath);
  const bundle = quote("sh", input.bundlePath);
  return [
    "The certificate authority of this Trunkline. It can sign for the vendors' names and this machine only.",
    "",
    `  File         ${input.caPath}`,
    `  Subject      ${input.subject}`,
    `  SHA-256      ${input.fingerprint}`,
    `  Valid until  ${input.validTo}`,
    "",
    "For one shell, `npx trunkline env` does all that is needed. For more than that, let those trust it who call:",
    ...recipe("Debian, Ubuntu", [
      `sudo cp ${ca} /usr/local/share/ca-certificates/trunkline.crt && sudo update-ca-certificates`,
    ]),
    ...recipe("macOS", [`sudo security add-trusted-cert -d -r trustRoot -k /Library/Keychains/System.keychain ${ca}`]),
    ...recipe("Node", [`export NODE_EXTRA_CA_CERTS=${ca}`]),
    ...recipe("Python (requests, and what uses OpenSSL)", [
      `export REQUESTS_CA_BUNDLE=${bundle} SSL_CERT_FILE=${bundle}`,
    ]),
    ...recipe("curl", [`curl --cacert ${ca} …`]),
    ...recipe("Java", javaLines(input)),
    "",
    "To lead programs here by name, without a proxy, add these lines to their machine's hosts file:",
    "",
    ...hostsLines(input.address, input.names).map((line) => `  ${line}`),
    "",
    portNote(input.tlsPort),
    "",
  ].join("\n");
}

function recipe(name: string, lines: readonly string[]): string[] {
  return ["", `  ${name}`, ...lines.map((line) => `    ${line}`)];
}

function javaLines({ caPath, proxy }: TrustInput): string[] {
  const { host, port } = proxy ?? { host: "127.0.0.1", port: "8080" };
  return [
    `sudo keytool -importcert -noprompt -cacerts -storepass changeit -alias trunkline -file ${quote("sh", caPath)}`,
    `java -Dhttps.proxyHost=${host} -Dhttps.proxyPort=${port} …     # the proxy is not needed with the hosts file`,
  ];
}

function portNote(tlsPort: number | undefined): string {
  if (tlsPort === 443) return "Programs then come to port 443, which is this system's TLS port.";
  const now = tlsPort === undefined ? "there is no TLS port" : `the TLS port is ${tlsPort}`;
  return (
    `Programs then come to port 443. At present ${now}: start with --tls-port 443 ` +
    "(TRUNKLINE_TLS_PORT), or lead port 443 to it by the firewall or a container's port mapping."
  );
}
