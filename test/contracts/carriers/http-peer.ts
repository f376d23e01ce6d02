import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { carrierMounts, type Carrier } from "../../../src/modules/messaging/index.ts";
import { HttpServer } from "../../../src/platform/http/index.ts";
import type { Listener } from "../../../src/platform/ports.ts";
import { carrierBookOf } from "../../kit/carriers/carrier-book.ts";
import { bodyOf } from "../../kit/loopback-servers.ts";
import { silentLogger } from "../../kit/silent-logger.ts";
import type { Behaviour, CarrierWorld, Peer, PeerReceipt, Submission, Verdict } from "./rig.ts";
import { readSettings } from "./settings-file.ts";

/** A request as it came to a fake of an aggregator. */
export interface ArrivedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** What the fake reads from a request. */
export interface ArrivedSubmission {
  readonly text: string;
  readonly reference: string;
}

export interface FakeAnswer {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request of the fake to our endpoint. */
export interface FakeCall {
  readonly method: "GET" | "POST";
  /** Path and query. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** How one aggregator's API looks. */
export interface Shape {
  readonly verdicts: readonly Verdict[];
  /** The settings for a server at a host and port. */
  settings(host: string): string;
  /** Reads a submission, and asserts that it is as the aggregator wants it. */
  read(request: ArrivedRequest): ArrivedSubmission;
  /** The id in receipts, of the `number`th submission that was accepted. */
  id(reference: string, number: number): string;
  accept(id: string, reference: string): FakeAnswer;
  refuse(verdict: Verdict): FakeAnswer;
  receipt(receipt: PeerReceipt): FakeCall;
  text(text: { readonly from: string; readonly to: string; readonly text: string }): FakeCall;
}

export const PUBLIC_URL = "https://sms.example.org";

/** A server of the shape of an aggregator's, in memory, and the program's own server that it calls back. */
export class HttpPeerFake implements Peer {
  readonly arrived: string[] = [];
  readonly requests: ArrivedRequest[] = [];
  readonly verdicts: readonly Verdict[];
  private readonly shape: Shape;
  private readonly world: CarrierWorld;
  private readonly server: Server;
  private listener: Listener | undefined;
  private ours: HttpServer | undefined;
  private behaviour: Behaviour = { kind: "accept" };
  private held: (() => void)[] = [];
  private accepted = 0;
  private port = 0;

  constructor(shape: Shape, world: CarrierWorld) {
    this.shape = shape;
    this.world = world;
    this.verdicts = shape.verdicts;
    this.server = createServer((request, response) => void this.take(request, response));
  }

  async start(): Promise<Carrier> {
    await this.comeBack();
    const { carriers } = readSettings(this.shape.settings(`127.0.0.1:${this.port}`));
    const { net, clock } = this.world;
    const book = carrierBookOf(carriers, { net, clock, publicUrl: () => PUBLIC_URL });
    const [carrier] = book.running;
    assert.ok(carrier);
    this.ours = new HttpServer({
      clock,
      logger: silentLogger,
      minter: { mint: (prefix) => `${prefix}0` },
      authenticator: { authenticate: () => Promise.resolve(undefined) },
      routes: [],
      mounts: carrierMounts(book),
    });
    return carrier;
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const { method = "", url = "", headers } = request;
    const arrived = { method, url, headers, body };
    this.requests.push(arrived);
    const { text, reference } = this.shape.read(arrived);
    this.arrived.push(text);
    const { behaviour } = this;
    const accept = (): void => {
      this.accepted += 1;
      answer(response, this.shape.accept(this.shape.id(reference, this.accepted), reference));
    };
    if (behaviour.kind === "accept") accept();
    else if (behaviour.kind === "refuse") answer(response, this.shape.refuse(behaviour.verdict));
    else if (behaviour.kind === "hold") this.held.push(accept);
    else request.socket.destroy();
  }

  nextId({ sid, part }: Submission): string {
    return this.shape.id(`${sid}-${part}`, this.accepted + 1);
  }

  behave(behaviour: Behaviour): void {
    this.behaviour = behaviour;
  }

  answerHeld(): void {
    for (const accept of this.held.splice(0)) accept();
  }

  async leave(): Promise<void> {
    await this.listener?.close();
  }

  async comeBack(): Promise<void> {
    const address = { host: "127.0.0.1", port: this.port };
    this.listener = await this.world.net.listen(address, (connection) => {
      connection.on("error", () => {});
      this.server.emit("connection", connection);
    });
    this.port = this.listener.port;
  }

  async giveReceipt(receipt: PeerReceipt): Promise<boolean> {
    return (await this.call(this.shape.receipt(receipt))) < 300;
  }

  async giveText(text: { readonly from: string; readonly to: string; readonly text: string }): Promise<boolean> {
    return (await this.call(this.shape.text(text))) < 300;
  }

  /** Calls an endpoint of the program; resolves to the status. */
  async call(call: FakeCall): Promise<number> {
    assert.ok(this.ours);
    const { method, url, headers = {}, body } = call;
    const answered = await this.ours.inject({ method, url, headers, ...(body === undefined ? {} : { body }) });
    return answered.status;
  }

  async stop(): Promise<void> {
    await this.leave();
    await this.ours?.close(0);
  }
}

function answer(response: ServerResponse, { status, body = "", headers = {} }: FakeAnswer): void {
  response.writeHead(status, { "Content-Type": "application/json", ...headers });
  response.end(body);
}
