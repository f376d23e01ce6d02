/** Credentials and where they hold. */
export interface ApiDoor {
  readonly baseUrl: string;
  readonly accountSid: string;
  readonly authToken: string;
}

export interface ApiAnswer {
  readonly status: number;
  readonly json: Record<string, unknown>;
}

type Form = Readonly<Record<string, string>>;

/** The program's API without the SDK, because half of what is asked here is the operator's. */
export class NightApi {
  door: ApiDoor;

  constructor(door: ApiDoor) {
    this.door = door;
  }

  get(path: string, product = "api"): Promise<ApiAnswer> {
    return this.ask(path, { headers: { "X-Forwarded-Host": `${product}.twilio.com` } });
  }

  post(path: string, form: Form, product = "api"): Promise<ApiAnswer> {
    const headers = { "X-Forwarded-Host": `${product}.twilio.com` };
    return this.ask(path, { method: "POST", body: new URLSearchParams(form), headers });
  }

  delete(path: string): Promise<ApiAnswer> {
    return this.ask(path, { method: "DELETE" });
  }

  postJson(path: string, body: object): Promise<ApiAnswer> {
    const headers = { "Content-Type": "application/json" };
    return this.ask(path, { method: "POST", body: JSON.stringify(body), headers });
  }

  /** What must go well. */
  async must(answer: Promise<ApiAnswer>): Promise<Record<string, unknown>> {
    const { status, json } = await answer;
    if (status >= 300) throw new Error(`${status}: ${JSON.stringify(json)}`);
    return json;
  }

  /** All pages of a list. */
  async all<T>(path: string, collection: string): Promise<T[]> {
    const found: T[] = [];
    let next: string | null = path;
    while (next !== null) {
      const page: Record<string, unknown> = await this.must(this.get(next));
      found.push(...(page[collection] as T[]));
      const { next_page_url: url } = (page["meta"] ?? {}) as { next_page_url?: string | null };
      const uri: unknown = url ?? page["next_page_uri"] ?? null;
      next = typeof uri === "string" ? uri.replace(this.door.baseUrl, "") : null;
    }
    return found;
  }

  /** Below the account of the credentials. */
  own(path: string): string {
    return `/2010-04-01/Accounts/${this.door.accountSid}${path}`;
  }

  private async ask(
    path: string,
    init: Omit<RequestInit, "headers"> & { readonly headers?: Form },
  ): Promise<ApiAnswer> {
    const { baseUrl, accountSid, authToken } = this.door;
    const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString("base64")}`;
    const response = await fetch(baseUrl + path, { ...init, headers: { ...init.headers, authorization } });
    const text = await response.text();
    return { status: response.status, json: text === "" ? {} : (JSON.parse(text) as Record<string, unknown>) };
  }
}
