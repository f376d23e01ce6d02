import assert from "node:assert/strict";
import type { SdkDoor } from "./sdk-clients.ts";

/** A browser as people have it. */
const BROWSER =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36";

/** What is Trunkline's own and therefore has no method in the SDK: everything below `/trunkline/v1`, and short links. */
export class OwnApi {
  private readonly door: SdkDoor;

  constructor(door: SdkDoor) {
    this.door = door;
  }

  get<T>(path: string): Promise<T> {
    return this.json<T>("GET", path);
  }

  /** Sends a form, or JSON where it is not one of texts alone. */
  post<T>(path: string, fields: Readonly<Record<string, unknown>>): Promise<T> {
    return this.json<T>("POST", path, fields);
  }

  async delete(path: string): Promise<void> {
    assert.equal((await this.send("DELETE", path)).status, 204);
  }

  /** Any answer, also one that is an error or no JSON. */
  send(method: string, path: string, fields?: Readonly<Record<string, unknown>>): Promise<Response> {
    const { baseUrl, accountSid, authToken } = this.door;
    const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString("base64")}`;
    const url = `${baseUrl}/trunkline/v1/${path}`;
    if (fields === undefined) return fetch(url, { method, headers: { authorization } });
    if (Object.values(fields).every((value) => typeof value === "string")) {
      const body = new URLSearchParams(fields as Record<string, string>);
      return fetch(url, { method, headers: { authorization }, body });
    }
    const headers = { authorization, "Content-Type": "application/json" };
    return fetch(url, { method, headers, body: JSON.stringify(fields) });
  }

  /** Opens a short link as a browser does, which has looked its host up and found this machine; redirects are not followed. */
  visit(
    url: string,
    options: { readonly headers?: Readonly<Record<string, string>>; readonly form?: string } = {},
  ): Promise<Response> {
    const { host, pathname } = new URL(url);
    const headers = { "X-Forwarded-Host": host, "User-Agent": BROWSER, ...options.headers };
    const to = `${this.door.baseUrl}${pathname}`;
    if (options.form === undefined) return fetch(to, { headers, redirect: "manual" });
    return fetch(to, { method: "POST", headers, redirect: "manual", body: new URLSearchParams(options.form) });
  }

  private async json<T>(method: string, path: string, fields?: Readonly<Record<string, unknown>>): Promise<T> {
    const response = await this.send(method, path, fields);
    const text = await response.text();
    assert.ok(response.ok, `${method} ${path} answers ${response.status}: ${text}`);
    return JSON.parse(text) as T;
  }
}
