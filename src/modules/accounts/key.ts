import type { KeyKind } from "../../platform/http/index.ts";

/** An API key as it is stored. Of its secret only a digest is kept. */
export interface ApiKey {
  readonly sid: string;
  readonly accountSid: string;
  readonly friendlyName: string;
  readonly kind: KeyKind;
  readonly digest: string;
  readonly createdMs: number;
  readonly updatedMs: number;
}

/** A key that was just made: the only time its secret can be told. */
export interface NewApiKey extends ApiKey {
  readonly secret: string;
}
