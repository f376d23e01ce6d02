import assert from "node:assert/strict";
import { MemoryBlobStore } from "../../../src/adapters/memory/index.ts";
import { simulatedCarrier } from "../../../src/entry/carriers.ts";
import { SidMinter } from "../../../src/kernel/ids.ts";
import {
  createMessage,
  messagingModule,
  type CreateMessageInput,
  type MessagingModule,
} from "../../../src/modules/messaging/index.ts";
import { Cell } from "../../../src/platform/cell/index.ts";
import type { Clock, Net } from "../../../src/platform/ports.ts";
import { carrierBookOf } from "./carrier-book.ts";
import { memoryDisk, openMemoryLog, seeded, settle } from "../memory-log.ts";
import { ACCOUNT, NUMBER } from "../messaging-world.ts";
import { emptyDatabase, routerOf } from "../routes.ts";
import { silentLogger } from "../silent-logger.ts";
import type { EndedMessage } from "./judge.ts";

type ModuleOptions = Parameters<typeof messagingModule>[0];

/** Settings of an SMPP carrier, complete. */
type CarrierSettings = ReturnType<typeof simulatedCarrier>;

export interface CarrierCellOptions {
  readonly clock: Clock;
  readonly net: Net;
  /** Where the carrier listens. */
  readonly port: number;
  readonly settings?: Partial<CarrierSettings>;
  readonly limits?: ModuleOptions["limits"];
}

/** A messaging cell over a disk in memory with one real SMPP carrier, on whatever clock and network it is given. */
export class CarrierCell {
  readonly module: MessagingModule;
  private readonly cell: Cell;
  private readonly sids: string[] = [];

  private constructor(module: MessagingModule, cell: Cell) {
    this.module = module;
    this.cell = cell;
  }

  static async start(options: CarrierCellOptions): Promise<CarrierCell> {
    const { clock, net } = options;
    const settings: CarrierSettings = { ...simulatedCarrier(options.port), name: "sandbox", ...options.settings };
    const random = seeded(1);
    const minter = new SidMinter(
      () => clock.nowMs(),
      (count) => Uint8Array.from({ length: count }, () => Math.floor(random() * 256)),
    );
    const publicUrl = (): string => "https://sms.example.org/";
    const carriers = carrierBookOf([settings], { net, clock, publicUrl }).running;
    const module = messagingModule({
      database: emptyDatabase,
      blobs: new MemoryBlobStore(),
      clock,
      logger: silentLogger,
      numbers,
      carriers,
      mintSid: (prefix) => minter.mint(prefix),
      fetchUrl: () => Promise.resolve({ failed: 11200, text: "there is no web here" }),
      accountStatus: () => Promise.resolve("active"),
      publicUrl,
      callbackEvents: "all",
      router: await routerOf(carriers, clock),
      isOperator: () => false,
      ...(options.limits === undefined ? {} : { limits: options.limits }),
    });
    const log = await openMemoryLog(memoryDisk(), clock);
    const cell = new Cell({
      name: "messaging-1",
      log,
      clock,
      logger: silentLogger,
      machines: module.machines,
      projectedOffsets: new Map(),
    });
    module.attach(cell);
    await cell.recover();
    module.start();
    return new CarrierCell(module, cell);
  }

  /** Accepts a message. */
  async send(message: Pick<CreateMessageInput, "to" | "body" | "validitySeconds" | "guarantee">): Promise<string> {
    const { sid } = await createMessage(this.module.deps, {
      accountSid: ACCOUNT,
      direction: "outbound-api",
      from: NUMBER,
      ...(message.guarantee === "at-least-once" ? { trafficClass: "urgent" } : {}),
      ...message,
    });
    this.sids.push(sid);
    return sid;
  }

  /** Every message that was sent, as it stands. */
  listed(): Map<string, EndedMessage> {
    return new Map(
      this.sids.map((sid) => {
        const message = this.module.deps.state.messages.get(sid);
        assert.ok(message !== undefined, `${sid} is in memory`);
        const { to, status, parts, errorCode = null, updatedMs } = message;
        return [sid, { sid, to, parts: parts.length, status, errorCode, updatedMs }];
      }),
    );
  }

  /** Lets everything come to rest that waits for neither a clock nor a socket. */
  settle(): Promise<void> {
    return settle(4);
  }

  async close(): Promise<void> {
    await this.module.close();
    await this.cell.close();
  }
}

const numbers: ModuleOptions["numbers"] = {
  sender: (accountSid, address) =>
    accountSid === ACCOUNT && address === NUMBER ? { mms: false, kind: "local" } : undefined,
  inboundText: () => undefined,
  applicationStatusCallback: () => undefined,
};
