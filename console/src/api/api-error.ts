/** An answer that is no success, as the API numbers it. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** Of HTTP; 0 where no answer came at all. */
  readonly status: number;
  /** The number of the error dictionary; 0 where there is none. */
  readonly code: number;
  /** Where it is explained, if the answer says so. */
  readonly moreInfo: string | undefined;
  /** The whole answer, for those who know more of its form. */
  readonly body: unknown;

  constructor(input: {
    status: number;
    code?: number;
    message: string;
    moreInfo?: string | undefined;
    body?: unknown;
  }) {
    super(input.message);
    this.status = input.status;
    this.code = input.code ?? 0;
    this.moreInfo = input.moreInfo;
    this.body = input.body;
  }

  /** True where nobody answered: the network is down or the edge is away. */
  get isAway(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504;
  }
}

/** The error that an answer tells of, whatever form its body has. */
export function readApiError(status: number, text: string): ApiError {
  const body = parse(text);
  const fields = typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  const code = Number(fields["code"] ?? 0);
  const message = fields["message"];
  const moreInfo = fields["more_info"] ?? fields["moreInfo"];
  return new ApiError({
    status,
    code: Number.isFinite(code) ? code : 0,
    message: typeof message === "string" && message !== "" ? message : `The server answered with status ${status}.`,
    moreInfo: typeof moreInfo === "string" ? moreInfo : undefined,
    body,
  });
}

/** Any thrown value as an error that can be shown. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new ApiError({ status: -1, message });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
