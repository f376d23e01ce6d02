/** Merkle trees of logs: RFC 6962 §2.1, RFC 9162 §2.1. */
export { CompactTree, type CompactTreeState } from "./compact-tree.ts";
export { emptyRoot, hashLeaf, hashNode, HASH_OCTETS, type Sha256 } from "./hash.ts";
export { consistencyProof, inclusionProof, rootAt, type NodeReader } from "./proofs.ts";
export { isConsistent, isIncluded } from "./verify.ts";
