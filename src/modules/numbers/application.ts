import type { ApplicationConfiguration } from "./configuration.ts";

/** Webhooks that several numbers share. */
export interface Application {
  /** `AP…` */
  readonly sid: string;
  readonly accountSid: string;
  readonly createdMs: number;
  readonly updatedMs: number;
  /** Grows with every change. */
  readonly revision: number;
  readonly configuration: ApplicationConfiguration;
}

/** More would be a program in a loop; each is held in memory. */
export const MAX_APPLICATIONS_PER_ACCOUNT = 1_000;
