import { createPrivateKey, X509Certificate, type KeyObject } from "node:crypto";

/** Why a certificate cannot be used, in the order in which it is looked at. */
export type CertificateProblem =
  | "missing"
  | "unreadable-certificate"
  | "unreadable-key"
  | "weak-key"
  | "unmatched"
  | "self-signed"
  | "broken-chain"
  | "wrong-name"
  | "expired"
  | "not-yet-valid";

/** A certificate and its key that were read and found usable. */
export interface ReadCertificate {
  /** The certificate first, then the chain, as PEM. */
  readonly cert: string;
  /** PKCS #8, PEM. */
  readonly key: string;
  readonly expiresMs: number;
  readonly startsMs: number;
  /** SHA-256, in colon-separated hex. */
  readonly fingerprint: string;
}

/** What a certificate is held against. */
export interface CertificateDemands {
  readonly domain: string;
  readonly nowMs: number;
  /** Where only the operator's own clients have to believe it. */
  readonly allowSelfSigned?: boolean;
}

/** The longest PEM that is looked at: a key and a chain of ten are far shorter. */
export const MAX_PEM_CHARACTERS = 65_536;
const MAX_CHAIN = 10;
const MIN_RSA_BITS = 2_048;
const CURVES: ReadonlySet<string> = new Set(["prime256v1", "secp384r1", "secp521r1"]);
const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \1-----/g;

/**
 * Reads a certificate, its chain and its private key from one PEM text, in any order, and
 * judges them: that the key belongs to the certificate, that each of the chain signed the one
 * before it, that the name is covered and the time is right. The root need not be there and is
 * not asked for: browsers decide whom they trust.
 */
export function readCertificate(pem: string, demands: CertificateDemands): ReadCertificate | CertificateProblem {
  const blocks = blocksOf(pem);
  if (blocks === undefined || blocks.certificates.length === 0 || blocks.key === undefined) return "missing";
  let chain: X509Certificate[];
  try {
    chain = blocks.certificates.map((text) => new X509Certificate(text));
  } catch {
    return "unreadable-certificate";
  }
  const key = readKey(blocks.key);
  if (key === undefined) return "unreadable-key";
  if (!isStrong(key)) return "weak-key";
  const leaf = chain.find((certificate) => certificate.checkPrivateKey(key));
  if (leaf === undefined) return "unmatched";
  return judge({ leaf, others: chain.filter((certificate) => certificate !== leaf), key, demands });
}

interface Blocks {
  readonly certificates: readonly string[];
  readonly key: string | undefined;
}

/** The blocks of a PEM text. Line breaks inside may be missing, as forms lose them. */
function blocksOf(pem: string): Blocks | undefined {
  if (pem.length > MAX_PEM_CHARACTERS) return undefined;
  const certificates: string[] = [];
  let key: string | undefined;
  for (const [, label = "", content = ""] of pem.replaceAll("\\n", "\n").matchAll(BLOCK)) {
    const base64 = content.replaceAll(/\s/g, "");
    const lines = base64.match(/.{1,64}/g)?.join("\n") ?? "";
    const block = `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
    if (label === "CERTIFICATE") certificates.push(block);
    else if (label.endsWith("PRIVATE KEY") && key === undefined) key = block;
  }
  return certificates.length > MAX_CHAIN ? undefined : { certificates, key };
}

function readKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}

function isStrong(key: KeyObject): boolean {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === "rsa") return (details?.modulusLength ?? 0) >= MIN_RSA_BITS;
  return type === "ec" && CURVES.has(details?.namedCurve ?? "");
}

function judge(input: {
  readonly leaf: X509Certificate;
  readonly others: readonly X509Certificate[];
  readonly key: KeyObject;
  readonly demands: CertificateDemands;
}): ReadCertificate | CertificateProblem {
  const { leaf, others, key, demands } = input;
  const isSelfSigned = leaf.issuer === leaf.subject && leaf.verify(leaf.publicKey);
  if (isSelfSigned && demands.allowSelfSigned !== true) return "self-signed";
  const chain = orderChain(leaf, others);
  if (chain === undefined) return "broken-chain";
  if (leaf.checkHost(demands.domain, { subject: "never" }) === undefined) return "wrong-name";
  const startsMs = Date.parse(leaf.validFrom);
  const expiresMs = Date.parse(leaf.validTo);
  if (expiresMs <= demands.nowMs) return "expired";
  if (startsMs > demands.nowMs) return "not-yet-valid";
  return {
    cert: chain.map((certificate) => certificate.toString()).join(""),
    key: key.export({ type: "pkcs8", format: "pem" }) as string,
    startsMs,
    expiresMs,
    fingerprint: leaf.fingerprint256,
  };
}

/** The leaf and those that signed it, each after the one that it signed; `undefined` where some belong nowhere. */
function orderChain(leaf: X509Certificate, others: readonly X509Certificate[]): X509Certificate[] | undefined {
  const chain = [leaf];
  const left = [...others];
  while (left.length > 0) {
    const last = chain.at(-1) ?? leaf;
    const at = left.findIndex((candidate) => last.checkIssued(candidate) && last.verify(candidate.publicKey));
    const [next] = at < 0 ? [] : left.splice(at, 1);
    if (next === undefined) return undefined;
    chain.push(next);
  }
  return chain;
}
