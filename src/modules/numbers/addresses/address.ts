/** What an account says of an address. */
export interface AddressContent {
  readonly customerName: string;
  readonly friendlyName: string;
  readonly street: string;
  readonly streetSecondary: string;
  readonly city: string;
  readonly region: string;
  readonly postalCode: string;
  readonly isoCountry: string;
}

/** Where an account, or one of its customers, is. */
export interface Address extends AddressContent {
  /** `AD…` */
  readonly sid: string;
  readonly accountSid: string;
  readonly createdMs: number;
  readonly updatedMs: number;
  readonly emergencyEnabled: boolean;
  /** Its form is that of its country. Nobody has looked whether there is such a house. */
  readonly validated: boolean;
  /** An identity document proves it; none does here. */
  readonly verified: boolean;
}

/** More would be a program in a loop. */
export const MAX_ADDRESSES_PER_ACCOUNT = 10_000;
