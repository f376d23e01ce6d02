import type { Buffer } from "node:buffer";
import type { HttpCarrierSettings, ValuePath } from "../../../platform/config/index.ts";
import type { Logger } from "../../../platform/ports.ts";
import { bareAddress } from "../address.ts";
import type { Receipt } from "../records.ts";
import type { CarrierEndpoint, CarrierListener, EndpointAnswer, EndpointCall, IncomingText } from "./carrier.ts";
import { isSigned, refuseCaller } from "./endpoint-proof.ts";
import { TRY_AGAIN, type EndpointWork } from "./endpoint-work.ts";
import { itemsOf, readDocument, readQuery, valueAt, type HttpDocument } from "./http-document.ts";
import { doneDateOf, isGsm7, publicAddress } from "./http-values.ts";

type ReceiptSettings = NonNullable<HttpCarrierSettings["receipts"]>;
type InboundSettings = NonNullable<HttpCarrierSettings["inbound"]>;
type Inward = Pick<ReceiptSettings, "secret" | "check" | "method" | "format" | "each">;

const MAX_BODY_OCTETS = 1_048_576;
const MAX_PARTS = 255;
const MAX_TEXT_CHARACTERS = 10_000;

/** What the endpoints of a carrier work with. */
export interface EndpointDeps {
  readonly logger: Logger;
  readonly work: EndpointWork;
  /** `undefined` before the carrier is started and after it was closed. */
  readonly listener: () => CarrierListener | undefined;
}

/** The endpoint that takes a carrier's receipts. */
export function receiptEndpoint(settings: ReceiptSettings, deps: EndpointDeps): CarrierEndpoint {
  return endpoint("receipts", settings, {
    deps,
    take: (items, listener) => {
      const receipts = items.flatMap((item) => readReceipt(settings, item) ?? []);
      if (receipts.length < items.length) deps.logger.warn("carrier.receipt-without-id", { count: items.length });
      return deps.work.settled(receipts, (receipt, settle) => listener.onReceipt(receipt, settle));
    },
  });
}

/** The endpoint that takes a carrier's texts. */
export function inboundEndpoint(settings: InboundSettings, deps: EndpointDeps): CarrierEndpoint {
  return endpoint("inbound", settings, {
    deps,
    take: (items, listener) => {
      const texts = items.flatMap((item) => readIncoming(settings, item) ?? []);
      if (texts.length < items.length) deps.logger.warn("carrier.text-without-address", { count: items.length });
      return deps.work.settled(texts, (text, settle) => listener.onText(text, settle));
    },
  });
}

interface Taker {
  readonly deps: EndpointDeps;
  /** Resolves to whether everything is durable. */
  readonly take: (items: readonly HttpDocument[], listener: CarrierListener) => Promise<boolean>;
}

function endpoint(name: string, settings: Inward, taker: Taker): CarrierEndpoint {
  return { name, method: settings.method, hasSecret: true, run: (call) => answer(settings, taker, call) };
}

async function answer(settings: Inward, { deps, take }: Taker, call: EndpointCall): Promise<EndpointAnswer> {
  const refusal = refuseCaller(settings, call);
  if (refusal !== undefined) return refusal;
  const body = await call.readBody(MAX_BODY_OCTETS);
  if (!isSigned(settings.check, call, body)) return { status: 403 };
  const items = contentOf(settings, call, body);
  if (items === undefined) return { status: 400, contentType: "text/plain", body: `expected ${settings.format}\n` };
  const listener = deps.listener();
  if (listener === undefined) return TRY_AGAIN;
  return (await take(items, listener)) ? { status: 200, contentType: "text/plain", body: "OK" } : TRY_AGAIN;
}

function contentOf(settings: Inward, call: EndpointCall, body: Buffer): readonly HttpDocument[] | undefined {
  const { format, each } = settings;
  const document = format === "query" ? readQuery(call.query) : readDocument(format, body);
  return document === undefined ? undefined : itemsOf(document, each);
}

function readReceipt(settings: ReceiptSettings, item: HttpDocument): Receipt | undefined {
  const id = valueAt(item, settings.id);
  if (id === undefined || id === "") return undefined;
  const row = settings.states.find(({ path, equals }) => {
    const state = valueAt(item, path ?? settings.state);
    return state !== undefined && equals.includes(state);
  });
  const result = row?.result ?? settings.otherwise;
  const doneDate = doneDateOf(optionalValue(item, settings.doneDate));
  return {
    id,
    result,
    from: receiptAddress(item, settings.from),
    to: receiptAddress(item, settings.to),
    ...(result === "failed" ? { errorCode: row?.errorCode ?? 30_008 } : {}),
    ...(doneDate === undefined ? {} : { doneDate }),
    ...(settings.wholeMessage ? { wholeMessage: true } : {}),
  };
}

function receiptAddress(item: HttpDocument, path: ValuePath | undefined): string {
  return bareAddress(publicAddress(optionalValue(item, path) ?? ""));
}

function optionalValue(item: HttpDocument, path: ValuePath | undefined): string | undefined {
  return path === undefined ? undefined : valueAt(item, path);
}

function readIncoming(settings: InboundSettings, item: HttpDocument): IncomingText | undefined {
  const from = valueAt(item, settings.from);
  const to = valueAt(item, settings.to);
  if (from === undefined || from === "" || to === undefined || to === "") return undefined;
  const text = (valueAt(item, settings.text) ?? "").slice(0, MAX_TEXT_CHARACTERS);
  const concat = readConcat(settings, item);
  return {
    from: publicAddress(from),
    to: publicAddress(to),
    text,
    encoding: isGsm7(text) ? "GSM-7" : "UCS-2",
    ...(concat === undefined ? {} : { concat }),
  };
}

function readConcat(settings: InboundSettings, item: HttpDocument): IncomingText["concat"] {
  const total = numberAt(item, settings.concatTotal);
  const sequence = numberAt(item, settings.concatPart);
  const reference = optionalValue(item, settings.concatReference);
  if (total === undefined || sequence === undefined || reference === undefined) return undefined;
  if (total < 2 || total > MAX_PARTS || sequence < 1 || sequence > total) return undefined;
  return { reference: referenceNumber(reference), total, sequence };
}

function numberAt(item: HttpDocument, path: ValuePath | undefined): number | undefined {
  const text = optionalValue(item, path);
  return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : undefined;
}

/** References are numbers to us; of one that is none, a number that follows from it. */
function referenceNumber(text: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text);
  let hash = 0;
  for (let i = 0; i < text.length; i += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) >>> 0;
  return hash;
}
