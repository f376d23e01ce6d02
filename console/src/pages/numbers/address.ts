/** An item of `Addresses`. */
export interface Address {
  readonly sid: string;
  readonly friendly_name: string;
  readonly customer_name: string;
  readonly street: string;
  readonly street_secondary: string | null;
  readonly city: string;
  readonly region: string;
  readonly postal_code: string;
  readonly iso_country: string;
  readonly validated: boolean;
}
