/** What can be watched while it happens: those who know, those who look, and what is between them. See docs/subsystems/live.md. */
export type { LiveAnswer, LiveQuestion, LiveScope, LiveSource } from "./source.ts";
export { RecentRing } from "./recent-ring.ts";
export type { RecentRingOptions, RingAnswer, RingQuestion } from "./recent-ring.ts";
export { ringSource } from "./ring-source.ts";
export type { RingSourceOptions } from "./ring-source.ts";
export { RequestRing } from "./request-ring.ts";
export type { RequestItem } from "./request-ring.ts";
export { fleetSource } from "./fleet-source.ts";
export type { FleetSourceOptions } from "./fleet-source.ts";
export { liveErrors } from "./errors.ts";
export { readReplies } from "./asks.ts";
export type { LiveAsk, LiveRefusal, LiveReply } from "./asks.ts";
export { LIVE_PATH, LiveAnswerer } from "./live-answerer.ts";
export type { LiveAnswererOptions } from "./live-answerer.ts";
export { LiveHub } from "./live-hub.ts";
export type { LiveHubLoad, LiveHubOptions } from "./live-hub.ts";
export type { LiveViewer } from "./watch.ts";
