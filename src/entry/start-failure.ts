/** A start that failed for a reason the operator can do something about, in one or two sentences. */
export class StartFailure extends Error {
  constructor(message: string, options?: { cause: unknown }) {
    super(message, options);
    this.name = "StartFailure";
  }

  /** Turns the error of a port that cannot be listened on into words; other errors are returned as they are. */
  static ofListen(error: unknown, what: { readonly port: number; readonly setting: string }): unknown {
    const code = (error as NodeJS.ErrnoException).code;
    const { port, setting } = what;
    if (code === "EADDRINUSE") {
      return new StartFailure(
        `Port ${port} is taken by another program. Stop it, or choose another with the setting \`${setting}\` (0 takes a free one).`,
        { cause: error },
      );
    }
    if (code === "EACCES") {
      return new StartFailure(
        `Port ${port} needs more rights than this user has. Choose one above 1023 with \`${setting}\`.`,
        {
          cause: error,
        },
      );
    }
    return error;
  }
}
