import { AppError, callerError } from "../../kernel/errors.ts";
import { leafText, sha256, type HeadSigner } from "../../platform/audit/index.ts";
import { actsAsOperator, defineRoute, integer, type JsonObject, type Route } from "../../platform/http/index.ts";
import { consistencyProof, hashLeaf, inclusionProof, rootAt } from "../../protocols/merkle/index.ts";
import { findEntry, nodeReader, type AuditReads } from "./event.store.ts";
import type { Witness } from "./witness.ts";

const common = { product: "api", tag: "Audit", access: "account" } as const;
const PATH = "/trunkline/v1/Audit";

export const auditErrors = {
  notOperator: callerError(20003, 403, "Only the operator's account is shown the heads of audit logs."),
  sizeInvalid: callerError(20001, 400, "The audit log has {size} entries: {reason}."),
  elsewhere: callerError(20404, 404, "The entry {sid} is in the audit log of {cell}: its proof is given there."),
};

/** What the proofs are made of. */
export interface ProofDeps extends AuditReads {
  readonly signer: HeadSigner;
  readonly cellName: () => string;
  readonly witness: () => Witness | undefined;
  readonly isOperator: (accountSid: string) => boolean;
  readonly nowMs: () => number;
}

/** Heads and proofs of this cell's audit log, by which anybody can check it with no more than SHA-256 and Ed25519. */
export function proofRoutes(deps: ProofDeps): Route[] {
  return [headRoute(deps), inclusionRoute(deps), consistencyRoute(deps)];
}

/** The head of this cell's log, signed. */
function signedHead({ log, signer, cellName, nowMs }: ProofDeps) {
  const { size, root } = log.head;
  return signer.sign({ cell: cellName(), size, root: base64(root), atMs: nowMs() });
}

function headRoute(deps: ProofDeps): Route {
  return defineRoute({
    ...common,
    method: "GET",
    path: `${PATH}/Head`,
    operationId: "FetchAuditHead",
    summary:
      "The length and root of this cell's audit log, signed; for the operator also what it has seen of other cells",
    success: 200,
    run: () => signedHead(deps),
    view: (head, call) => ({
      cell: head.cell,
      size: head.size,
      root: head.root,
      date_ms: head.atMs,
      signature: head.signature,
      public_key: deps.signer.publicKey(head.cell),
      ...(actsAsOperator(call, deps.isOperator) ? { witnessed: witnessed(deps) } : {}),
    }),
  });
}

function witnessed({ log, witness }: ProofDeps): JsonObject[] {
  const findings = witness()?.findings;
  return [...log.witnessed.values()].map(({ cell, size, root, atMs }) => ({
    cell,
    size,
    root,
    date_ms: atMs,
    verdict: findings?.get(cell) ?? "goes-on",
  }));
}

function inclusionRoute(deps: ProofDeps): Route {
  return defineRoute({
    ...common,
    method: "GET",
    path: `${PATH}/Events/{Sid}/Proof`,
    operationId: "FetchAuditProof",
    summary: "The path from an event to the root of its cell's audit log (RFC 6962)",
    success: 200,
    errors: [auditErrors.elsewhere],
    run: async (call) => {
      const { path, accountSid } = call;
      const placed = await findEntry(deps, { accountSid, sid: path.Sid });
      if (placed === undefined) throw call.notFound();
      if (placed.cell !== deps.cellName()) {
        throw new AppError(auditErrors.elsewhere, { sid: path.Sid, cell: placed.cell });
      }
      const head = signedHead(deps);
      const place = { index: placed.index, size: head.size };
      return { placed, head, proof: await inclusionProof(sha256, nodeReader(deps), place) };
    },
    view: ({ placed, head, proof }) => {
      const text = leafText(placed.entry);
      return {
        cell: head.cell,
        index: placed.index,
        size: head.size,
        root: head.root,
        date_ms: head.atMs,
        signature: head.signature,
        entry: text,
        leaf_hash: base64(hashLeaf(sha256, Buffer.from(text))),
        proof: proof.map(base64),
      };
    },
  });
}

function consistencyRoute(deps: ProofDeps): Route {
  return defineRoute({
    ...common,
    method: "GET",
    path: `${PATH}/Consistency`,
    operationId: "FetchAuditConsistency",
    summary: "The proof that this cell's audit log of First entries begins that of Second",
    success: 200,
    errors: [auditErrors.sizeInvalid],
    parameters: {
      First: integer({ min: 0, max: Number.MAX_SAFE_INTEGER, required: true }),
      Second: integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
    },
    run: async ({ params }) => {
      const { First: first, Second: second = deps.log.head.size } = params;
      const proof = await consistencyOf(deps, first, second);
      const reader = nodeReader(deps);
      const [firstRoot, secondRoot] = [await rootAt(sha256, reader, first), await rootAt(sha256, reader, second)];
      return { first, second, firstRoot, secondRoot, proof };
    },
    view: ({ first, second, firstRoot, secondRoot, proof }) => ({
      first,
      second,
      first_root: base64(firstRoot),
      second_root: base64(secondRoot),
      proof: proof.map(base64),
    }),
  });
}

/** The proof between two lengths of this cell's log. Throws `sizeInvalid` where it was never so long. */
export async function consistencyOf(deps: AuditReads, first: number, second: number): Promise<readonly Uint8Array[]> {
  const { size } = deps.log.head;
  if (first > second || second > size) {
    throw new AppError(auditErrors.sizeInvalid, { size, reason: "First must not exceed Second, nor Second that" });
  }
  return consistencyProof(sha256, nodeReader(deps), { first, second });
}

function base64(octets: Uint8Array): string {
  return Buffer.from(octets).toString("base64");
}
