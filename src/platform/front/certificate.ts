import { Buffer } from "node:buffer";
import { createHash, createPublicKey, randomBytes, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { isIP } from "node:net";
import {
  bitString,
  boolean,
  explicit,
  implicit,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  setOf,
  time,
  utf8String,
} from "./der.ts";

/**
 * X.509 certificates of one kind: P-256 keys, signed with ECDSA and SHA-256
 * (RFC 5280, RFC 5480). Node reads certificates but cannot write them.
 */

const OID = {
  commonName: "2.5.4.3",
  organization: "2.5.4.10",
  ecdsaWithSha256: "1.2.840.10045.4.3.2",
  subjectKeyIdentifier: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  nameConstraints: "2.5.29.30",
  authorityKeyIdentifier: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
  serverAuth: "1.3.6.1.5.5.7.3.1",
} as const;

const ORGANIZATION = "Trunkline";
/** ub-common-name, RFC 5280 appendix A.1. */
const MAX_COMMON_NAME_CHARACTERS = 64;
const SERIAL_OCTETS = 16;

/** GeneralName tags, RFC 5280 §4.2.1.6. */
const DNS_NAME = 2;
const IP_ADDRESS = 7;

/** Who signs. */
export interface Issuer {
  readonly commonName: string;
  /** Its private key. */
  readonly key: KeyObject;
}

/** From when to when, in milliseconds since the epoch. */
export interface Validity {
  readonly fromMs: number;
  readonly untilMs: number;
}

/**
 * A self-signed certificate, in PEM, that may sign servers and nothing below
 * them, and only names of `domains` (each with everything below it), addresses
 * of the machine itself, and `addresses`.
 */
export function mintAuthority(
  issuer: Issuer,
  validity: Validity,
  allowed: { domains: readonly string[]; addresses: readonly string[] },
): string {
  const subtrees = [
    ...allowed.domains.map((domain) => implicit(DNS_NAME, Buffer.from(domain, "latin1"))),
    implicit(IP_ADDRESS, Buffer.from([127, 0, 0, 0, 255, 0, 0, 0])),
    ...["::1", ...allowed.addresses].map((address) =>
      implicit(IP_ADDRESS, Buffer.concat([addressOctets(address), addressOctets(address).fill(0xff)])),
    ),
  ].map((name) => sequence(name));
  const publicKey = createPublicKey(issuer.key);
  const extensions = [
    extension(OID.basicConstraints, true, sequence(boolean(true), integer(Buffer.from([0])))),
    // keyCertSign and cRLSign.
    extension(OID.keyUsage, true, bitString(Buffer.from([0x06]), 1)),
    extension(OID.nameConstraints, true, sequence(explicit(0, ...subtrees))),
    extension(OID.subjectKeyIdentifier, false, octetString(keyIdentifier(publicKey))),
  ];
  return mint({ issuer, subject: issuer.commonName, publicKey, validity, extensions });
}

/** A certificate, in PEM, for a TLS server with these names (wildcards and IP addresses too). */
export function mintServer(
  issuer: Issuer,
  validity: Validity,
  server: { names: readonly string[]; publicKey: KeyObject },
): string {
  const { names, publicKey } = server;
  const alternatives = names.map((name) =>
    isIP(name) === 0 ? implicit(DNS_NAME, Buffer.from(name, "latin1")) : implicit(IP_ADDRESS, addressOctets(name)),
  );
  const extensions = [
    extension(OID.basicConstraints, true, sequence()),
    // digitalSignature.
    extension(OID.keyUsage, true, bitString(Buffer.from([0x80]), 7)),
    extension(OID.extendedKeyUsage, false, sequence(objectIdentifier(OID.serverAuth))),
    extension(OID.subjectAltName, false, sequence(...alternatives)),
    extension(OID.subjectKeyIdentifier, false, octetString(keyIdentifier(publicKey))),
    extension(OID.authorityKeyIdentifier, false, sequence(implicit(0, keyIdentifier(createPublicKey(issuer.key))))),
  ];
  return mint({
    issuer,
    subject: (names[0] ?? "").slice(0, MAX_COMMON_NAME_CHARACTERS),
    publicKey,
    validity,
    extensions,
  });
}

function mint(input: {
  readonly issuer: Issuer;
  readonly subject: string;
  readonly publicKey: KeyObject;
  readonly validity: Validity;
  readonly extensions: readonly Buffer[];
}): string {
  const { issuer, subject, publicKey, validity, extensions } = input;
  const algorithm = sequence(objectIdentifier(OID.ecdsaWithSha256));
  const serial = randomBytes(SERIAL_OCTETS);
  // Positive, and of full length whatever the generator gave.
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  const signed = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(serial),
    algorithm,
    nameOf(issuer.commonName),
    sequence(time(validity.fromMs), time(validity.untilMs)),
    nameOf(subject),
    publicKey.export({ type: "spki", format: "der" }),
    explicit(3, sequence(...extensions)),
  );
  const whole = sequence(signed, algorithm, bitString(sign("sha256", signed, issuer.key)));
  const lines = whole.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}

function extension(identifier: string, critical: boolean, value: Buffer): Buffer {
  return sequence(objectIdentifier(identifier), ...(critical ? [boolean(true)] : []), octetString(value));
}

function nameOf(commonName: string): Buffer {
  const part = (identifier: string, text: string): Buffer =>
    setOf(sequence(objectIdentifier(identifier), utf8String(text)));
  return sequence(part(OID.organization, ORGANIZATION), part(OID.commonName, commonName));
}

/** RFC 5280 §4.2.1.2, method 1: SHA-1 over the key's bits, here as an identifier and not for security. */
function keyIdentifier(publicKey: KeyObject): Buffer {
  const { x = "", y = "" } = publicKey.export({ format: "jwk" });
  const point = Buffer.concat([Buffer.from([4]), Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]);
  return createHash("sha1").update(point).digest();
}

/** 4 or 16 octets, most significant first. */
function addressOctets(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split(".").map(Number));
  // The URL parser writes every IPv6 address in its one canonical form, without dots.
  const canonical = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [left = "", right] = canonical.split("::");
  const groups = (text: string): string[] => (text === "" ? [] : text.split(":"));
  const [head, tail] = [groups(left), groups(right ?? "")];
  const zeros = right === undefined ? [] : Array<string>(8 - head.length - tail.length).fill("0");
  return Buffer.from([...head, ...zeros, ...tail].map((group) => group.padStart(4, "0")).join(""), "hex");
}
