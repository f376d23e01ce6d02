import type { HttpRequest, HttpResponse } from "./message.ts";
import type { Principal } from "./principal.ts";
import type { Access } from "./route.ts";

/** One request to a mount. */
export interface MountCall {
  readonly request: HttpRequest;
  readonly requestId: string;
  /** Decoded path parameters; `{path*}` is under `path`. */
  readonly path: Readonly<Record<string, string>>;
  /** The request's query, as sent, without `?`. */
  readonly query: string;
  /** The caller; `undefined` on public mounts. */
  readonly principal: Principal | undefined;
}

/**
 * An endpoint beside the API: health, metrics, the console, simulators. Found
 * before the API's routes, whatever the host. Its answer is sent as made, with
 * the usual headers added; errors it throws become JSON.
 */
export interface Mount {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** `/healthz`, `/phones/{number}`, or `/console/{path*}` for everything below. */
  readonly path: string;
  readonly access: Access;
  readonly run: (call: MountCall) => Promise<HttpResponse> | HttpResponse;
}

/** What one part of the process says about its readiness. */
export interface ReadinessCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** `GET /healthz` (200 while the process serves) and `GET /readyz` (200 when every check is ok, else 503, with the checks as JSON). */
export function healthRoutes(options: { readonly ready: () => readonly ReadinessCheck[] }): Mount[] {
  return [
    {
      method: "GET",
      path: "/healthz",
      access: "public",
      run: () => ({ status: 200, headers: ["Content-Type", "text/plain", "Cache-Control", "no-store"], body: "ok\n" }),
    },
    {
      method: "GET",
      path: "/readyz",
      access: "public",
      run: () => {
        const checks = options.ready();
        const ok = checks.every((check) => check.ok);
        return {
          status: ok ? 200 : 503,
          headers: ["Content-Type", "application/json", "Cache-Control", "no-store"],
          body: `${JSON.stringify({ ready: ok, checks })}\n`,
        };
      },
    },
  ];
}
