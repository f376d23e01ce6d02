/** Settings of a system of several processes: cells, edges, the control plane, and how they find each other. */
import { CELL_TYPES, MAX_CELLS, TIERS } from "../fleet/index.ts";
import { defineSettings, optional, required, setting } from "./schema.ts";
import { boolean, integer, list, oneOf, path, port, record, text, url } from "./value-types.ts";

const nodeName = text({
  expected: "1 to 60 small letters, digits and dashes, beginning with a letter",
  maxLength: 60,
  pattern: /^[a-z][a-z0-9-]*$/,
});

const regionName = text({
  expected: "a region such as us1: small letters and digits, beginning with a letter",
  maxLength: 16,
  pattern: /^[a-z][a-z0-9]*$/,
});

const types = CELL_TYPES.join("|");
const tiers = TIERS.join("|");
const cellWish = `(${types})(:(${tiers}))?=\\d{1,3}`;

const hostAndPort = text({
  expected: "a host and a port, such as 10.0.0.5:7946",
  maxLength: 260,
  pattern: /^[A-Za-z0-9.:[\]-]+:\d{1,5}$/,
});

const addressOrNetwork = text({
  expected: "an address or a network, such as 10.0.0.5 or 10.0.0.0/8",
  maxLength: 64,
  pattern: /^[0-9A-Fa-f:.]+(\/\d{1,3})?$/,
});

const rate = integer(1, 1_000_000, "requests a second");

const accountLimitFields = defineSettings({
  accountSid: required(text({ expected: "AC and 32 hexadecimal digits", maxLength: 34, pattern: /^AC[0-9a-f]{32}$/ }), {
    description: "The account.",
  }),
  requestsPerSecond: required(rate, { description: "API requests a second of the account, over all edges." }),
});

const tierLimitFields = defineSettings({
  tier: required(oneOf(...TIERS), { description: "The tier." }),
  requestsPerSecond: required(rate, { description: "API requests a second of each of its accounts, over all edges." }),
});

/** How fast the API may be asked. */
export const limitSettings = defineSettings({
  perAddress: setting(rate, {
    default: 2_000,
    description: "Requests a second from one address to one edge that are let in before anybody asks who it is.",
  }),
  connectionsPerAddress: setting(integer(1, 100_000), {
    default: 1_000,
    description: "Connections of one address at one time. An IPv6 network of 64 bits counts as one address.",
  }),
  unlimitedAddresses: setting(list(addressOrNetwork, 100), {
    default: [],
    description: "Addresses and networks whose connections are not counted, such as those of load balancers.",
  }),
  tiers: setting(list(record(tierLimitFields), TIERS.length), {
    default: [],
    description: "Requests a second of an account, by its tier. Without an entry there is no limit.",
  }),
  accounts: setting(list(record(accountLimitFields), 10_000), {
    default: [],
    description: "Accounts with a limit of their own.",
  }),
});

/** How processes of the system hear of each other. */
export const gossipSettings = defineSettings({
  port: setting(port(), {
    default: 7_946,
    description: "The UDP port on which `edge`, `cell` and `control` hear of each other. 0 takes a free one.",
  }),
  seeds: setting(list(hostAndPort, 100), {
    default: [],
    description: "Processes to ask for all others. A few are enough.",
  }),
  seed: optional(hostAndPort, { description: "One more of `gossip.seeds`, for the environment and the command line." }),
});

/** The cell that a process of the role `cell` is. */
export const cellSettings = defineSettings({
  number: optional(integer(1, MAX_CELLS, "a number"), {
    description: "Stands, hidden, in every SID that the cell mints. Never given to two cells.",
  }),
  type: setting(oneOf(...CELL_TYPES), { default: "messaging", description: "What the cell runs." }),
  tier: setting(oneOf(...TIERS), { default: "smb", description: "For which accounts it is." }),
});

/** Of the whole system, or of this process in it. */
export const fleetSettings = {
  cells: optional(
    text({
      expected: `types of cells and how many of each, such as messaging=3,verify=1 or messaging:enterprise=1 (${types})`,
      maxLength: 400,
      pattern: new RegExp(`^${cellWish}(,${cellWish})*$`),
    }),
    {
      description:
        "With this, `up` starts every cell, an edge for each region and the control plane as processes of their own.",
    },
  ),
  regions: setting(
    text({
      expected: "regions with commas between them, such as us1,ie1",
      maxLength: 200,
      pattern: /^[a-z][a-z0-9]{0,15}(,[a-z][a-z0-9]{0,15})*$/,
    }),
    { default: "us1", description: "The regions of `cells`. Cells are spread over them in turn." },
  ),
  name: optional(nodeName, {
    description: "What this process is called in the system: `messaging-2`, `edge-ie1`. Never given to two.",
  }),
  region: setting(regionName, { default: "us1", description: "The region of this process." }),
  advertise: optional(text({ expected: "an address or a host name", maxLength: 253 }), {
    description: "The address under which the other processes reach this one. Without it, `host`.",
  }),
  masterKeyFile: optional(path("the path of a file"), {
    description: "The master key that all processes of a system share. Without it, `master.key` in the data folder.",
  }),
  operatorSid: optional(
    text({ expected: "AC and 32 hexadecimal digits", maxLength: 34, pattern: /^AC[0-9a-f]{32}$/ }),
    { description: "The operator's account, for processes that are not its home. Without it, the first account." },
  ),
  controlDatabaseUrl: optional(url(["postgres", "postgresql"], "a URL such as postgres://user:secret@host:5432/name"), {
    description: "The database with the routing table, for the roles `edge` and `control`.",
  }),
  redisUrl: optional(url(["redis", "rediss"], "a URL such as redis://host:6379"), {
    description: "A Redis in which edges of a region share what they know of the routing table.",
  }),
  http2: setting(boolean(), { default: true, description: "Whether clients may speak HTTP/2." }),
  cell: cellSettings,
  gossip: gossipSettings,
  limits: limitSettings,
};
