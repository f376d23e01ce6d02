import { InterfaceVersion, withoutVersion5 } from "../../protocols/smpp/index.ts";
import type { CommandName, InterfaceVersionValue, Tlvs } from "../../protocols/smpp/index.ts";
import type { ResponseBodyInput } from "./session-owner.ts";

/** What the body of a response depends on, besides what its author gave. */
export interface ResponseFacts {
  readonly command: CommandName;
  readonly status: number;
  readonly version: InterfaceVersionValue;
  /** What is told to every peer of SMPP 5.0 as congestion_state, or nothing. */
  readonly congestion: number | undefined;
}

/** The body with what the version of the session allows: the same object where nothing has to change. Pure. */
export function responseBody(body: ResponseBodyInput | undefined, facts: ResponseFacts): ResponseBodyInput | undefined {
  const { command, status, version, congestion } = facts;
  const isFive = version === InterfaceVersion.V5_0;
  // A refused submit_sm is a bare header in 3.4 (SMPP 3.4 §4.4.2), and has at most optional parameters in 5.0.
  if (status !== 0 && command === "submit_sm_resp") {
    const tlvs = isFive ? withCongestion(body?.tlvs, congestion) : undefined;
    return tlvs === undefined ? undefined : { tlvs };
  }
  if (!isFive) return body === undefined ? undefined : suited(body, version);
  if (congestion === undefined) return body;
  return { ...body, tlvs: withCongestion(body?.tlvs, congestion) };
}

/** The body without the optional parameters that this version does not have: the same object where there are none. */
export function suited<B extends { tlvs?: Tlvs | undefined }>(body: B, version: InterfaceVersionValue): B {
  if (body.tlvs === undefined || version === InterfaceVersion.V5_0) return body;
  const tlvs = withoutVersion5(body.tlvs);
  return tlvs === body.tlvs ? body : { ...body, tlvs };
}

function withCongestion(tlvs: Tlvs | undefined, congestion: number | undefined): Tlvs | undefined {
  if (congestion === undefined || tlvs?.congestion_state !== undefined) return tlvs;
  return { ...tlvs, congestion_state: congestion };
}
