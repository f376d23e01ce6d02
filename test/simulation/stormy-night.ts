import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startSystemProcess, temporaryFolder, type SystemProcess } from "../kit/running-system.ts";
import { SeededRandom } from "../kit/smpp-pdus.ts";
import { waitFor } from "../kit/wait-for.ts";
import { NightApi } from "./night-api.ts";
import { BUSY_PREFIX, NightCarrier, UNKNOWN_PREFIX } from "./night-carrier.ts";

/** What everything costs, in micros of US dollars. An euro account pays nine tenths of it. */
export const PRICES = { unit: 7_500, attempt: 500, failed: 1_000, inbound: 4_000, feeOfWest: 2_000, fee: 3_000 };
/** What carriers ask for a segment, in micros of their own currency. */
export const COSTS = {
  west: { micros: 2_000, currency: "USD" },
  north: { micros: 3_000, currency: "USD" },
  south: { micros: 5_000, currency: "EUR" },
} as const;
/** What the subaccount may spend. */
export const CAP_MICROS = 500_000;
export type CarrierName = keyof typeof COSTS;

const NUMBERS = ["+12065550100", "+12065550101"] as const;
const FINAL = new Set(["delivered", "undelivered", "failed", "canceled", "received"]);
const CALM_MESSAGES = 40;
const OUTAGE_MESSAGES = 30;
const STORM_MESSAGES = 120;
const KILL_AFTER = 60;
const EURO_MESSAGES = 60;
const SETTLE_LIMIT_MS = 45_000;
const LONG_TEXT = "A longer one, so that it takes more than one part. ".repeat(5);

/** A message as the API shows it. */
export interface ShownMessage {
  readonly sid: string;
  readonly account_sid: string;
  readonly direction: string;
  readonly to: string;
  readonly status: string;
  readonly error_code: number | null;
  readonly num_segments: string;
  readonly price: string | null;
  readonly price_unit: string;
}

/** One night: three carriers, a main account and its subaccount, and everything that goes wrong, from one seed. */
export class StormyNight {
  readonly carriers: Readonly<Record<CarrierName, NightCarrier>>;
  readonly counts = { accepted: 0, refused: 0, outOfCredit: 0, cut: 0, webhooks: 0, webhooksFailed: 0, texts: 0 };
  /** SIDs that were answered with 201. */
  readonly promised = new Set<string>();
  /** Recipients of what is sent once more when nobody knows whether it arrived. */
  readonly urgent = new Set<string>();
  readonly outage = { fromMs: 0, untilMs: 0, recipients: new Set<string>() };
  private readonly random: SeededRandom;
  private readonly dataFolder = join(temporaryFolder("night"), "data");
  private readonly sink = createServer((_request, response) => {
    this.counts.webhooks += 1;
    const fails = this.random.oneIn(4);
    if (fails) this.counts.webhooksFailed += 1;
    response.writeHead(fails ? 500 : 204).end();
  });
  private system: SystemProcess | undefined;
  private main: NightApi | undefined;
  private sub: NightApi | undefined;
  private sequence = 0;

  constructor(seed: number) {
    this.random = new SeededRandom(seed);
    const make = (name: string): NightCarrier => new NightCarrier(name, new SeededRandom(this.random.next()));
    this.carriers = { west: make("west"), north: make("north"), south: make("south") };
  }

  get operator(): NightApi {
    assert.ok(this.main !== undefined, "the night has begun");
    return this.main;
  }

  get tenant(): NightApi {
    assert.ok(this.sub !== undefined, "the night has begun");
    return this.sub;
  }

  async run(): Promise<void> {
    const config = await this.surroundings();
    this.main = new NightApi(await this.start(config));
    await this.setPrices();
    await this.openSubaccount();
    await this.bulk(CALM_MESSAGES);
    await this.settled();
    await this.outageOfWest();
    await this.storm(config);
    await this.euros();
    for (const carrier of Object.values(this.carriers)) carrier.weather = "calm";
    await this.settled();
  }

  async close(): Promise<void> {
    await this.system?.stop();
    for (const { smsc } of Object.values(this.carriers)) await smsc.close();
    this.sink.closeAllConnections();
    this.sink.close();
  }

  private async surroundings(): Promise<object> {
    await new Promise<void>((listening) => this.sink.listen(0, "127.0.0.1", listening));
    const carriers: object[] = [];
    for (const { name, smsc } of Object.values(this.carriers)) {
      const url = `smpp://app:secret@127.0.0.1:${await smsc.start()}`;
      carriers.push({ name, type: "smpp", url, window: 20, responseTimeoutMs: 400 });
    }
    return {
      carriers,
      numbers: NUMBERS.map((number) => ({ number })),
      numbering: { quarantineSeconds: 0 },
      messaging: { adoptReceiptSeconds: 1, unknownGraceSeconds: 4 },
      log: { level: "warn" },
    };
  }

  private async start(config: object): Promise<SystemProcess> {
    this.system = await startSystemProcess({ dataFolder: this.dataFolder, config });
    return this.system;
  }

  private async setPrices(): Promise<void> {
    const { operator } = this;
    const message = { item: "message", channel: "sms" };
    const decimal = (micros: number): string => (micros / 1_000_000).toFixed(6);
    const rows = [
      { ...message, direction: "outbound", price: decimal(PRICES.unit) },
      { ...message, direction: "inbound", price: decimal(PRICES.inbound) },
      { ...message, item: "attempt", direction: "outbound", price: decimal(PRICES.attempt) },
      { ...message, item: "failed", direction: "outbound", price: decimal(PRICES.failed) },
      { ...message, item: "carrier-fee", direction: "outbound", via: "west", price: decimal(PRICES.feeOfWest) },
      { ...message, item: "carrier-fee", direction: "outbound", price: decimal(PRICES.fee) },
    ];
    const prices = { currency: "USD", rates: { EUR: 0.9 }, rows };
    const { version } = await operator.must(operator.postJson("/trunkline/v1/Prices/Tables", prices));
    const activation = { Version: String(version), Reason: "the night" };
    await operator.must(operator.post("/trunkline/v1/Prices/Activations", activation));
    const table = {
      format: "trunkline-routes/1",
      currency: "USD",
      rates: { EUR: 1.1 },
      order: ["priority"],
      carriers: Object.entries(COSTS).map(([name, { currency }]) => ({ name, currency })),
      networks: [],
      routes: Object.entries(COSTS).map(([carrier, { micros }], priority) => ({
        carrier,
        priceMicros: micros,
        priority: priority + 1,
      })),
    };
    const made = await operator.must(operator.postJson("/trunkline/v1/Routing/Tables", { note: "", table }));
    const publication = { Version: String(made["version"]), Reason: "the night" };
    await operator.must(operator.post("/trunkline/v1/Routing/Publications", publication));
  }

  /** A subaccount with a number of its own, and a cap. */
  private async openSubaccount(): Promise<void> {
    const { operator } = this;
    const made = await operator.must(operator.post("/2010-04-01/Accounts.json", { FriendlyName: "Tenant" }));
    const accountSid = String(made["sid"]);
    this.sub = new NightApi({ ...operator.door, accountSid, authToken: String(made["auth_token"]) });
    const path = operator.own("/IncomingPhoneNumbers");
    const listed = await operator.must(operator.get(`${path}.json`));
    const found = (listed["incoming_phone_numbers"] as { sid: string; phone_number: string }[]).find(
      ({ phone_number: number }) => number === NUMBERS[1],
    );
    await operator.must(operator.delete(`${path}/${found?.sid}.json`));
    const buy = this.tenant.post(this.tenant.own("/IncomingPhoneNumbers.json"), { PhoneNumber: NUMBERS[1] });
    await this.tenant.must(buy);
    const cap = { Amount: String(CAP_MICROS / 1_000_000), Period: "total" };
    await operator.must(operator.post(`/trunkline/v1/Ledger/Accounts/${accountSid}/Cap`, cap));
  }

  /** The next request, of either account: long or short, urgent or not, to somebody who can be reached or not. */
  private next(): { api: NightApi; form: Record<string, string> } {
    const { random } = this;
    this.sequence += 1;
    const isSub = random.oneIn(4);
    const prefix = random.oneIn(12) ? UNKNOWN_PREFIX : random.oneIn(15) ? BUSY_PREFIX : "1206888";
    const isUrgent = random.oneIn(5);
    const to = `+${prefix}${String(this.sequence).padStart(4, "0")}`;
    if (isUrgent) this.urgent.add(to);
    const form = {
      To: to,
      From: isSub ? NUMBERS[1] : NUMBERS[0],
      Body: random.oneIn(4) ? LONG_TEXT : `message ${this.sequence}`,
      ValidityPeriod: prefix === BUSY_PREFIX ? "2" : "60",
      StatusCallback: `http://127.0.0.1:${(this.sink.address() as AddressInfo).port}/`,
      ...(isUrgent ? { MessageIntent: "otp", DeliveryGuarantee: "at-least-once" } : {}),
    };
    return { api: isSub ? this.tenant : this.operator, form };
  }

  private async bulk(count: number): Promise<void> {
    const { operator } = this;
    const messages: object[] = [];
    while (messages.length < count) {
      const { api, form } = this.next();
      if (api === operator) messages.push(form);
    }
    const { messages: outcomes } = (await operator.must(
      operator.postJson(operator.own("/Messages/Bulk.json"), { messages }),
    )) as { messages: { sid?: string }[] };
    for (const { sid } of outcomes) if (sid !== undefined) this.promise(sid);
  }

  private promise(sid: string): void {
    this.promised.add(sid);
    this.counts.accepted += 1;
  }

  /** Sends one message and notes what was said. Gives its SID where it was accepted. */
  private async send(
    api: NightApi,
    form: Record<string, string>,
  ): Promise<{ readonly sid?: string; readonly code?: number }> {
    try {
      const { status, json } = await api.post(api.own("/Messages.json"), form);
      if (status === 201) this.promise(String(json["sid"]));
      else this.counts.refused += 1;
      if (json["code"] === 20003) this.counts.outOfCredit += 1;
      return status === 201 ? { sid: String(json["sid"]) } : { code: json["code"] as number };
    } catch {
      this.counts.cut += 1;
      return {};
    }
  }

  private async outageOfWest(): Promise<void> {
    const { west } = this.carriers;
    // A line's moment is in the query when its second is.
    await sleep(1_000 - (Date.now() % 1_000));
    this.outage.fromMs = Date.now();
    west.weather = "refusing";
    const sending: Promise<unknown>[] = [];
    while (sending.length < OUTAGE_MESSAGES) {
      const { api, form } = this.next();
      if (api !== this.operator) continue;
      const to = `+1206999${String(this.sequence).padStart(4, "0")}`;
      this.outage.recipients.add(to.slice(1));
      if (this.urgent.has(form["To"] ?? "")) this.urgent.add(to);
      sending.push(this.send(api, { ...form, To: to, ValidityPeriod: "60" }));
    }
    await Promise.all(sending);
    await this.settled();
    await sleep(1_000 - (Date.now() % 1_000));
    this.outage.untilMs = Date.now();
    west.weather = "calm";
  }

  /** Everything at once, and the program is killed in the middle of it. */
  private async storm(config: object): Promise<void> {
    const { west, north } = this.carriers;
    west.weather = "losing";
    north.weather = "throttling";
    const sending: Promise<unknown>[] = [];
    for (let count = 0; count < STORM_MESSAGES; count += 1) {
      const { api, form } = this.next();
      sending.push(this.send(api, form));
      await sleep(this.random.between(0, 10));
      if (count === KILL_AFTER) {
        await this.system?.kill9();
        await Promise.all(sending);
        const system = await this.start(config);
        this.operator.door = { ...this.operator.door, baseUrl: system.baseUrl };
        this.tenant.door = { ...this.tenant.door, baseUrl: system.baseUrl };
      }
    }
    await Promise.all(sending);
    await this.texts();
  }

  /** Texts come in, one of them a STOP, after which nothing goes there any more. */
  private async texts(): Promise<void> {
    for (const [index, body] of ["Hello", "STOP", "HELP", "What?"].entries()) {
      let taken = false;
      // One that had no text to send since the restart has no connection to bring one by.
      for (const carrier of Object.values(this.carriers)) {
        taken ||= await carrier.text(`1206444000${index}`, NUMBERS[0].slice(1), body);
      }
      assert.ok(taken, `${body} was taken`);
      this.counts.texts += 1;
    }
    const refused = { To: "+12064440001", From: NUMBERS[0], Body: "still there?" };
    assert.equal((await this.send(this.operator, refused)).code, 21610);
  }

  /** From now on the family pays in euros, before, and soon has too few; some of it waits for its time. */
  private async euros(): Promise<void> {
    const { operator } = this;
    const { accountSid } = operator.door;
    const wallet = { Mode: "prepaid", Currency: "EUR", Floor: "0", AlertThresholds: "0.1" };
    await operator.must(operator.post(`/trunkline/v1/Ledger/Accounts/${accountSid}/Wallet`, wallet));
    const money = { AccountSid: accountSid, Currency: "EUR", Reason: "the night" };
    await operator.must(operator.post("/trunkline/v1/Ledger/Credits", { ...money, Amount: "0.3", Id: "paid-in" }));
    await operator.must(operator.post("/trunkline/v1/Ledger/Credits", { ...money, Amount: "0.3", Id: "paid-in" }));
    await operator.must(operator.post("/trunkline/v1/Ledger/Grants", { ...money, Amount: "0.05" }));
    for (let count = 0; count < EURO_MESSAGES; count += 1) {
      const { api, form } = this.next();
      await this.send(api, form);
    }
    await this.scheduled();
  }

  private async scheduled(): Promise<void> {
    const { operator } = this;
    const listed = await operator.must(operator.get(operator.own("/IncomingPhoneNumbers.json")));
    const [number] = listed["incoming_phone_numbers"] as { sid: string }[];
    const service = await operator.must(operator.post("/v1/Services", { FriendlyName: "Later" }, "messaging"));
    const pool = `/v1/Services/${String(service["sid"])}/PhoneNumbers`;
    await operator.must(operator.post(pool, { PhoneNumberSid: number?.sid ?? "" }, "messaging"));
    const sendAt = new Date(Date.now() + 3_600_000).toISOString();
    const later = { MessagingServiceSid: String(service["sid"]), ScheduleType: "fixed", SendAt: sendAt };
    const { sid, code } = await this.send(operator, { To: "+12068880000", Body: "later", ...later });
    assert.ok(sid !== undefined, `a message can wait (${code})`);
    await operator.must(operator.post(operator.own(`/Messages/${sid}.json`), { Status: "canceled" }));
  }

  /** All messages of the family, as the API shows them. */
  async messages(): Promise<ShownMessage[]> {
    const lists = [this.operator, this.tenant].map((api) =>
      api.all<ShownMessage>(api.own("/Messages.json?PageSize=1000"), "messages"),
    );
    return (await Promise.all(lists)).flat();
  }

  private async settled(): Promise<void> {
    await waitFor(
      "all messages to end, and all holds to close",
      async () => {
        const open = (await this.messages()).filter(({ status }) => !FINAL.has(status));
        if (open.length > 0) return undefined;
        const holds = await this.operator.all("/trunkline/v1/Ledger/Holds?PageSize=1000", "holds");
        return holds.length === 0 && Object.values(this.carriers).every(({ smsc }) => smsc.receiptsOwed === 0)
          ? true
          : undefined;
      },
      SETTLE_LIMIT_MS,
    );
  }
}
