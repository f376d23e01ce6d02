import { callerError, type ErrorSpec } from "../../kernel/errors.ts";

/** Why a WebSocket is not opened. */
export const webSocketErrors = {
  handshakeInvalid: callerError(20001, 400, "This is no WebSocket handshake: {reason}."),
  foreignOrigin: callerError(20006, 403, "WebSockets are opened from this installation's own pages only."),
  nobody: callerError(20003, 401, "WebSockets are opened by those who are signed in."),
  perKey: {
    code: 20429,
    status: 429,
    fault: "caller",
    retry: "later",
    message: "There are {max} WebSockets of this session already.",
  },
  full: {
    code: 20503,
    status: 503,
    fault: "platform",
    retry: "later",
    message: "There are as many WebSockets as this process serves.",
  },
} as const satisfies Record<string, ErrorSpec>;
