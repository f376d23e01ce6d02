import type { ApplyContext, Reducer } from "../../platform/cell/index.ts";
import type { ServiceDirectory } from "../services/index.ts";
import { holdCharge, settleCharge } from "./charges.ts";
import { NEAR_MS } from "./due-index.ts";
import type { MessageEffects } from "./effects.ts";
import { finish } from "./finish.ts";
import { isFinal, isUntouched, type Message } from "./message.ts";
import type { MessageState } from "./message-state.ts";
import type { Hold, MessagesHeld, MessagesReleased, Release, ReleaseToSend } from "./records.ts";
import { changeStatus } from "./status-callback.ts";

/** What the reducers of messages work with beside the record. */
export interface ReducerDeps {
  readonly state: MessageState;
  readonly effects: MessageEffects;
  readonly services: Pick<ServiceDirectory, "stick">;
}

type Scene = ReducerDeps & { readonly context: ApplyContext };

/** The reducers for what waits for a time: scheduled messages, quiet hours, daily limits. */
export function waitingReducers(deps: ReducerDeps): Record<string, Reducer> {
  return {
    "message.released": (record: MessagesReleased, context) => {
      for (const one of record.releases) release({ ...deps, context }, one);
    },
    "message.held": (record: MessagesHeld, context) => {
      for (const hold of record.holds) holdUntil({ ...deps, context }, hold);
    },
  };
}

/** A message waits for a time from now on: in memory where it is near, else in the database. For reducers only. */
export function waitUntil({ state, effects, context }: Scene, message: Message, dueMs: number): void {
  message.dueMs = dueMs;
  if (dueMs - context.atMs > NEAR_MS) {
    message.parked = true;
    state.park(message, 1);
  }
  state.trace?.note(context, message.sid, { kind: "waits", untilMs: dueMs });
  context.effect(() => effects.waits(message));
}

/** The sender that a service chose stays with the recipient. For reducers only. */
export function stickTo(
  services: ReducerDeps["services"],
  { accountSid, serviceSid, to: recipient, from: address }: Readonly<Message>,
  { atMs }: ApplyContext,
): void {
  if (serviceSid !== undefined) services.stick({ accountSid, serviceSid, recipient, address, atMs });
}

function release(scene: Scene, release: Release): void {
  const { state, effects, context } = scene;
  const known = state.messages.get(release.sid);
  if (known === undefined || isFinal(known.status) || known.dueMs === undefined || known.parked === true) return;
  const message = state.messages.edit(release.sid) as Message;
  if (release.kind === "wait") return waitUntil(scene, message, release.untilMs);
  if (release.kind === "send") return send(scene, message, release);
  if (release.status === "failed") {
    const end = { status: "failed", errorCode: release.errorCode } as const;
    finish(state, { effects, context }, message, end);
  } else {
    message.errorCode = release.errorCode;
    changeStatus(message, "canceled", context);
    settleCharge(message, context);
  }
  delete message.dueMs;
}

function send({ state, effects, services, context }: Scene, message: Message, release: ReleaseToSend): void {
  if (message.dueMs !== undefined) message.wasDueMs = message.dueMs;
  delete message.dueMs;
  message.validUntilMs = release.validUntilMs;
  if (message.status === "scheduled") {
    const isPoolChoice = message.from === "";
    message.from = release.from;
    if (release.senderKind !== undefined) message.senderKind = release.senderKind;
    if (release.tlvs !== undefined) message.tlvs = release.tlvs;
    if (release.quote !== undefined) message.quote = release.quote;
    if (release.dlt !== undefined) message.dlt = release.dlt;
    if (isPoolChoice) stickTo(services, message, context);
    holdCharge(message, release.heldMicros ?? 0, context);
    changeStatus(message, "queued", context);
  }
  message.updatedMs = context.atMs;
  state.enqueued(message);
  const { quote, heldMicros } = message;
  state.trace?.note(context, message.sid, { kind: "released", quote, heldMicros });
  context.effect(() => (message.mediaUrls === undefined ? effects.accepted(message) : effects.fetchMedia(message)));
}

/** Only what no carrier was given; of anything else its row has not all that it needs. */
function holdUntil(scene: Scene, { sid, untilMs, usesValidity }: Hold): void {
  const { state, effects, context } = scene;
  const known = state.messages.get(sid);
  if (known === undefined || known.status !== "queued" || known.parked === true || known.dueMs !== undefined) return;
  if (!isUntouched(known) || known.tries !== undefined) return;
  const message = state.messages.edit(sid) as Message;
  state.dequeued(message);
  if (usesValidity !== true) message.validUntilMs += Math.max(0, untilMs - context.atMs);
  waitUntil(scene, message, untilMs);
  context.effect(() => effects.handedOver(message));
}
