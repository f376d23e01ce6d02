/** WebSockets on connections of our own HTTP server. See docs/subsystems/live.md. */
export { webSocketErrors } from "./errors.ts";
export { isOwnOrigin } from "./handshake.ts";
export { CLOSE_CODES } from "./limits.ts";
export type { WebSocketLimits } from "./limits.ts";
export type { TextSocket } from "./server-socket.ts";
export { WebSocketDoor } from "./websocket-door.ts";
export type { Admitted, WebSocketDoorOptions, WebSocketPath } from "./websocket-door.ts";
