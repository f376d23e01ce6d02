import { AppError } from "../../../kernel/errors.ts";
import { rfc2822 } from "../../../kernel/time.ts";
import {
  boolean,
  defineListRoute,
  defineRoute,
  pageBySid,
  text,
  type JsonObject,
  type Route,
} from "../../../platform/http/index.ts";
import type { NumbersDeps } from "../deps.ts";
import { listNumbers } from "../number.store.ts";
import { viewDependentNumber } from "../number.view.ts";
import { SOLD_KINDS } from "../phone-number.ts";
import type { Address } from "./address.ts";
import { findAddress, listAddresses } from "./address.store.ts";
import { createAddress, deleteAddress, updateAddress } from "./change-address.ts";
import { addressErrors } from "./errors.ts";

const VERSION = "2010-04-01";
const LIST = "/2010-04-01/Accounts/{AccountSid}/Addresses";
const ITEM = "/2010-04-01/Accounts/{AccountSid}/Addresses/{Sid}";
const DEPENDENTS = "/2010-04-01/Accounts/{AccountSid}/Addresses/{AddressSid}/DependentPhoneNumbers";
const common = { product: "api", tag: "Addresses", access: "account", element: "Address" } as const;
const MAX_CHARACTERS = 255;
const errors = Object.values(addressErrors);

const field = (summary: string) => text({ maxCharacters: MAX_CHARACTERS, summary });
const required = (summary: string) => text({ required: true, maxCharacters: MAX_CHARACTERS, summary });
const flags = {
  EmergencyEnabled: boolean({ summary: "Only false: there is no emergency calling." }),
  AutoCorrectAddress: boolean({
    default: true,
    summary: "Whether an address that is not written as usual is corrected; else it is refused with how it would be.",
  }),
};

/** `Addresses`: create, fetch, list, update, delete; and the numbers that use one. */
export function addressRoutes(deps: NumbersDeps): Route[] {
  return [
    createRoute(deps),
    listRoute(deps),
    fetchRoute(deps),
    updateRoute(deps),
    deleteRoute(deps),
    dependentsRoute(deps),
  ];
}

function viewAddress(address: Address): JsonObject {
  const { accountSid, sid } = address;
  return {
    account_sid: accountSid,
    city: address.city,
    customer_name: address.customerName,
    date_created: rfc2822(address.createdMs),
    date_updated: rfc2822(address.updatedMs),
    emergency_enabled: address.emergencyEnabled,
    friendly_name: address.friendlyName === "" ? null : address.friendlyName,
    iso_country: address.isoCountry,
    postal_code: address.postalCode,
    region: address.region,
    sid,
    street: address.street,
    street_secondary: address.streetSecondary === "" ? null : address.streetSecondary,
    uri: `/${VERSION}/Accounts/${accountSid}/Addresses/${sid}.json`,
    validated: address.validated,
    verified: address.verified,
  };
}

function readCountry(value: string): string {
  const country = value.toUpperCase();
  if (!/^[A-Z]{2}$/.test(country)) {
    throw new AppError(addressErrors.countryInvalid, { value: value.slice(0, MAX_CHARACTERS) });
  }
  return country;
}

function createRoute(deps: NumbersDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: LIST,
    operationId: "CreateAddress",
    summary: "Create an address",
    success: 201,
    creates: true,
    errors,
    parameters: {
      CustomerName: required("Whose address it is."),
      Street: required("Number and street."),
      City: required("The city."),
      Region: required("State, province or county."),
      PostalCode: required("The postal code."),
      IsoCountry: required("ISO 3166-1 alpha-2."),
      FriendlyName: field("A name of the account's own."),
      StreetSecondary: field("Apartment, floor, suite."),
      ...flags,
    },
    run: ({ accountSid, params }) =>
      createAddress(deps, accountSid, {
        customerName: params.CustomerName,
        friendlyName: params.FriendlyName ?? "",
        street: params.Street,
        streetSecondary: params.StreetSecondary ?? "",
        city: params.City,
        region: params.Region,
        postalCode: params.PostalCode,
        isoCountry: readCountry(params.IsoCountry),
        emergencyEnabled: params.EmergencyEnabled,
        autoCorrect: params.AutoCorrectAddress,
      }),
    view: viewAddress,
  });
}

function listRoute({ database }: NumbersDeps): Route {
  return defineListRoute({
    ...common,
    path: LIST,
    operationId: "ListAddress",
    summary: "List the account's addresses, newest first",
    collection: "addresses",
    parameters: {
      CustomerName: field("The exact customer name."),
      FriendlyName: field("The exact friendly name."),
      EmergencyEnabled: boolean({ summary: "Whether it is good for emergency calls." }),
      IsoCountry: field("ISO 3166-1 alpha-2."),
    },
    page: ({ call: { accountSid, params }, ...slice }) => {
      const given = (value: string | undefined) => (value === "" ? undefined : value);
      const filter = {
        accountSid,
        customerName: given(params.CustomerName),
        friendlyName: given(params.FriendlyName),
        isoCountry: given(params.IsoCountry)?.toUpperCase(),
        emergencyEnabled: params.EmergencyEnabled,
      };
      return pageBySid(slice, (part) => listAddresses(database, filter, part));
    },
    view: viewAddress,
  });
}

function fetchRoute({ database }: NumbersDeps): Route {
  return defineRoute({
    ...common,
    method: "GET",
    path: ITEM,
    operationId: "FetchAddress",
    summary: "Fetch an address",
    success: 200,
    run: async (call) => {
      const found = await findAddress(database, { accountSid: call.accountSid, sid: call.path.Sid });
      if (found === undefined) throw call.notFound();
      return found;
    },
    view: viewAddress,
  });
}

function updateRoute(deps: NumbersDeps): Route {
  return defineRoute({
    ...common,
    method: "POST",
    path: ITEM,
    operationId: "UpdateAddress",
    summary: "Change an address; its country stays",
    success: 200,
    errors,
    parameters: {
      FriendlyName: field("A name of the account's own."),
      CustomerName: field("Whose address it is."),
      Street: field("Number and street."),
      StreetSecondary: field("Apartment, floor, suite."),
      City: field("The city."),
      Region: field("State, province or county."),
      PostalCode: field("The postal code."),
      ...flags,
    },
    run: async (call) => {
      const { params } = call;
      const named = {
        friendlyName: params.FriendlyName,
        customerName: params.CustomerName,
        street: params.Street,
        streetSecondary: params.StreetSecondary,
        city: params.City,
        region: params.Region,
        postalCode: params.PostalCode,
      };
      const said = Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
      const change = {
        ...said,
        emergencyEnabled: params.EmergencyEnabled,
        autoCorrect: params.AutoCorrectAddress,
      };
      const updated = await updateAddress(deps, { accountSid: call.accountSid, sid: call.path.Sid }, change);
      if (updated === undefined) throw call.notFound();
      return updated;
    },
    view: viewAddress,
  });
}

function deleteRoute(deps: NumbersDeps): Route {
  return defineRoute({
    ...common,
    method: "DELETE",
    path: ITEM,
    operationId: "DeleteAddress",
    summary: "Delete an address that no number uses",
    success: 204,
    errors: [addressErrors.inUse],
    run: async (call) => {
      if (!(await deleteAddress(deps, { accountSid: call.accountSid, sid: call.path.Sid }))) throw call.notFound();
    },
  });
}

function dependentsRoute({ database }: NumbersDeps): Route {
  return defineListRoute({
    ...common,
    path: DEPENDENTS,
    element: "DependentPhoneNumber",
    operationId: "ListDependentPhoneNumber",
    summary: "List the numbers that use an address",
    collection: "dependent_phone_numbers",
    page: async ({ call, ...slice }) => {
      const { accountSid, path } = call;
      const addressSid = path.AddressSid;
      if ((await findAddress(database, { accountSid, sid: addressSid })) === undefined) throw call.notFound();
      const filter = { accountSid, kinds: SOLD_KINDS, friendlyName: undefined, pattern: undefined, addressSid };
      return pageBySid(slice, (part) => listNumbers(database, filter, part));
    },
    view: viewDependentNumber,
  });
}
