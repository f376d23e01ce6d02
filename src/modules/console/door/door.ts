import { AppError } from "../../../kernel/errors.ts";
import { Tickets, type ConsoleViewer } from "../../../platform/console/index.ts";
import type { HttpRequest, HttpResponse, Mount } from "../../../platform/http/index.ts";
import { Attempts } from "../attempts.ts";
import { CellQuestions } from "./ask-cells.ts";
import { Caller } from "./call.mounts.ts";
import { errorAnswer, jsonAnswer } from "./json-body.ts";
import type { ConsoleDoorOptions } from "./options.ts";
import { checkChange, checkRead } from "./origin.ts";
import { SessionViews } from "./session-view.ts";
import { SignInDesk } from "./sign-in.mounts.ts";
import { askSimulator } from "./simulator.ts";
import { staticMounts } from "./static.mounts.ts";
import { Visitors, type Visitor } from "./visitors.ts";

/** The door of the console in one process. */
export interface ConsoleDoor {
  /** Everything below /console but its WebSocket, and `/` for browsers. */
  readonly mounts: readonly Mount[];
  /** Who opens a WebSocket, by its handshake; `undefined` for nobody, and for pages that are not ours. */
  whoIs(request: HttpRequest): Promise<ConsoleViewer | undefined>;
  /** Sessions were ended by a cell in this process: they end here at once. */
  forgetSessions(sessionSids: readonly string[]): void;
}

type Method = Mount["method"];
type Run = (request: HttpRequest) => Promise<HttpResponse>;

const METHODS: readonly Method[] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/** Makes the door. It asks nobody before somebody comes. */
export function consoleDoor(options: ConsoleDoorOptions): ConsoleDoor {
  const { clock, fleetKey } = options;
  const questions = new CellQuestions(options.cells);
  const visitors = new Visitors(options, questions);
  const tickets = new Tickets(fleetKey, clock);
  const views = new SessionViews(options, tickets);
  const desk = new SignInDesk({ options, questions, visitors, views, attempts: new Attempts(clock) });
  const caller = new Caller({
    clock,
    questions,
    tickets,
    send: options.send,
    doubt: (sessionSid) => visitors.book.doubt(sessionSid),
  });
  const signedIn =
    (run: (request: HttpRequest, visitor: Visitor) => Promise<HttpResponse>): Run =>
    async (request) =>
      run(request, await visitors.demand(request));
  const calls = signedIn((request, visitor) => caller.call(request, visitor));
  const phones = signedIn((request, visitor) => askSimulator(options, request, visitor));
  const session = signedIn(async (request, visitor) => jsonAnswer(200, await views.of(request, visitor)));
  return {
    mounts: [
      mount("GET", "/session", session),
      mount("POST", "/sign-in", (request) => desk.signIn(request)),
      mount("POST", "/enter", (request) => desk.enter(request)),
      mount("POST", "/sign-out", (request) => desk.signOut(request)),
      ...METHODS.map((method) => mount(method, "/call/{path*}", calls)),
      mount("GET", "/simulator/{path*}", phones),
      mount("POST", "/simulator/{path*}", phones),
      ...staticMounts(options),
    ],
    whoIs: (request) => visitors.whoIs(request),
    forgetSessions: (sids) => visitors.book.forget(sids),
  };
}

/** A path below /console/api: only pages of ours come through, and every failure is an answer that a page can read. */
function mount(method: Method, path: string, run: Run): Mount {
  return {
    method,
    path: `/console/api${path}`,
    access: "public",
    run: async ({ request }) => {
      try {
        if (request.method === "GET" || request.method === "HEAD") checkRead(request);
        else checkChange(request);
        return await run(request);
      } catch (error) {
        // Bugs, and failures that nobody foresaw, are for the dispatcher, which logs them.
        if (!(error instanceof AppError)) throw error;
        return errorAnswer(error);
      }
    },
  };
}
