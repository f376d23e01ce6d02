import { AppError } from "../../../kernel/errors.ts";
import type { Slice } from "../../../platform/http/index.ts";
import type { DatabaseSession, Row } from "../../../platform/ports.ts";
import type { Changes, NumberConfiguration } from "../configuration.ts";
import { numberErrors } from "../errors.ts";
import { MAX_ADDRESSES_PER_ACCOUNT, type Address } from "./address.ts";

interface AddressRow extends Row {
  sid: string;
  account_sid: string;
  created_at: Date;
  updated_at: Date;
  customer_name: string;
  friendly_name: string;
  street: string;
  street_secondary: string;
  city: string;
  region: string;
  postal_code: string;
  iso_country: string;
  emergency_enabled: boolean;
  validated: boolean;
  verified: boolean;
}

function fromRow(row: AddressRow): Address {
  return {
    sid: row.sid,
    accountSid: row.account_sid,
    createdMs: row.created_at.getTime(),
    updatedMs: row.updated_at.getTime(),
    customerName: row.customer_name,
    friendlyName: row.friendly_name,
    street: row.street,
    streetSecondary: row.street_secondary,
    city: row.city,
    region: row.region,
    postalCode: row.postal_code,
    isoCountry: row.iso_country,
    emergencyEnabled: row.emergency_enabled,
    validated: row.validated,
    verified: row.verified,
  };
}

function valuesOf(address: Address): unknown[] {
  return [
    address.sid,
    address.accountSid,
    new Date(address.createdMs),
    new Date(address.updatedMs),
    address.customerName,
    address.friendlyName,
    address.street,
    address.streetSecondary,
    address.city,
    address.region,
    address.postalCode,
    address.isoCountry,
    address.emergencyEnabled,
    address.validated,
    address.verified,
  ];
}

/** Stores a new address. Resolves to whether its account has room for it. */
export async function insertAddress(database: DatabaseSession, address: Address): Promise<boolean> {
  const rows = await database.query(
    `insert into addresses select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15
     where (select count(*) from addresses where account_sid = $2) < ${MAX_ADDRESSES_PER_ACCOUNT} returning sid`,
    valuesOf(address),
  );
  return rows.length > 0;
}

/** Writes an address over what there is of it. */
export async function writeAddress(tx: DatabaseSession, address: Address): Promise<void> {
  await tx.query(
    `update addresses set updated_at = $4, customer_name = $5, friendly_name = $6, street = $7, street_secondary = $8,
       city = $9, region = $10, postal_code = $11, iso_country = $12, emergency_enabled = $13, validated = $14,
       verified = $15
     where sid = $1 and account_sid = $2 and created_at = $3`,
    valuesOf(address),
  );
}

/** An address of an account. `lock` keeps others from changing and using it until the transaction ends. */
export async function findAddress(
  database: DatabaseSession,
  { accountSid, sid }: { readonly accountSid: string; readonly sid: string },
  lock = false,
): Promise<Address | undefined> {
  const rows = await database.query<AddressRow>(
    `select * from addresses where sid = $1 and account_sid = $2${lock ? " for update" : ""}`,
    [sid, accountSid],
  );
  return rows[0] && fromRow(rows[0]);
}

/** Throws unless the address that a change names is the account's, and holds it so that nobody deletes it meanwhile. */
export async function holdAddresses(
  tx: DatabaseSession,
  accountSid: string,
  { addressSid = "" }: Changes<NumberConfiguration>,
): Promise<void> {
  if (addressSid === "") return;
  const rows = await tx.query("select sid from addresses where account_sid = $1 and sid = $2 for share", [
    accountSid,
    addressSid,
  ]);
  if (rows.length === 0) throw new AppError(numberErrors.addressUnknown, { value: addressSid });
}

/** How many numbers use an address. */
export async function countDependents(tx: DatabaseSession, accountSid: string, sid: string): Promise<number> {
  const rows = await tx.query<{ count: number }>(
    `select count(*) from phone_numbers
     where account_sid = $1 and (address_sid = $2 or emergency_address_sid = $2)`,
    [accountSid, sid],
  );
  return rows[0]?.count ?? 0;
}

export async function removeAddress(tx: DatabaseSession, accountSid: string, sid: string): Promise<void> {
  await tx.query("delete from addresses where sid = $1 and account_sid = $2", [sid, accountSid]);
}

/** What a list of addresses is asked for. */
export interface AddressFilter {
  readonly accountSid: string;
  readonly customerName: string | undefined;
  readonly friendlyName: string | undefined;
  readonly isoCountry: string | undefined;
  readonly emergencyEnabled: boolean | undefined;
}

/** At most `limit` addresses of an account, the newest first. */
export async function listAddresses(
  database: DatabaseSession,
  filter: AddressFilter,
  { cursor, direction, limit }: Slice,
): Promise<Address[]> {
  const values: unknown[] = [filter.accountSid, limit];
  const conditions = ["account_sid = $1"];
  const add = (condition: string, value: unknown): void => {
    if (value !== undefined) conditions.push(`${condition} $${values.push(value)}`);
  };
  add("customer_name =", filter.customerName);
  add("friendly_name =", filter.friendlyName);
  add("iso_country =", filter.isoCountry);
  add("emergency_enabled =", filter.emergencyEnabled);
  add(direction === "next" ? "sid <" : "sid >", cursor);
  const rows = await database.query<AddressRow>(
    `select * from addresses where ${conditions.join(" and ")}
     order by sid ${direction === "next" ? "desc" : "asc"} limit $2`,
    values,
  );
  const addresses = rows.map(fromRow);
  return direction === "next" ? addresses : addresses.toReversed();
}
