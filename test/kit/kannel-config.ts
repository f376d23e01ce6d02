import { join } from "node:path";

/** What a Kannel for tests and benchmarks is set up with. All on 127.0.0.1. */
export interface KannelPlaces {
  readonly folder: string;
  readonly adminPort: number;
  readonly boxPort: number;
  readonly sendPort: number;
  /** Where the SMSC listens that it binds to. */
  readonly smscPort: number;
  readonly smscId: string;
  readonly window: number;
  readonly enquireLinkSeconds: number;
  readonly logLevel: number;
  /** Further lines of the core group: the stores. */
  readonly core: string;
  /** Further groups: what is done with texts from phones. */
  readonly services?: string;
}

/** The configuration file of bearerbox and smsbox: one SMPP transceiver, one user of `sendsms`. */
export function kannelConfig(at: KannelPlaces): string {
  return `
group = core
admin-port = ${at.adminPort}
admin-interface = 127.0.0.1
admin-password = test
smsbox-port = ${at.boxPort}
box-allow-ip = 127.0.0.1
log-file = ${join(at.folder, "bearerbox.log")}
log-level = ${at.logLevel}
${at.core}

group = smsc
smsc = smpp
smsc-id = ${at.smscId}
host = 127.0.0.1
port = ${at.smscPort}
transceiver-mode = true
smsc-username = kannel
smsc-password = secret
system-type = VMA
interface-version = 34
source-addr-ton = 1
source-addr-npi = 1
dest-addr-ton = 1
dest-addr-npi = 1
enquire-link-interval = ${at.enquireLinkSeconds}
reconnect-delay = 1
max-pending-submits = ${at.window}

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = ${at.boxPort}
sendsms-port = ${at.sendPort}
sendsms-interface = 127.0.0.1
log-file = ${join(at.folder, "smsbox.log")}
log-level = ${at.logLevel}

group = sendsms-user
username = test
password = test
concatenation = true
max-messages = 10
${at.services ?? ""}`;
}
