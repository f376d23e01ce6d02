/**
 * Whether a request can mean one thing to a proxy and another to us, with HAProxy for the
 * proxy and the corpus of nasty requests for what is sent.
 *
 * Two readers of the same octets differ in a way that matters when both take a request and
 * it is not the same one (method, target, host or body), or when one takes a request that
 * the other neither takes nor refuses. A reader that refuses closes the connection, so that
 * nothing after it is anybody's. A reader that never got a whole body has taken no request:
 * it answers an error, and nothing was done.
 *
 * Where one takes and the other refuses, nothing can be smuggled; those are listed with
 * their reasons in test/kit/haproxy-differences.ts, so that a new one is seen.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Http1Error, RequestParser } from "../../src/protocols/http1/index.ts";
import { startEdgeBefore } from "../kit/edge-before.ts";
import { HAPROXY_REFUSES, WE_REFUSE, type Reason } from "../kit/haproxy-differences.ts";
import { startHaproxy, withoutHaproxy } from "../kit/haproxy.ts";
import { CORPUS } from "../kit/request-corpus.ts";
import {
  sendOctets,
  startRecorder,
  type ReadConnection,
  type ReadRequest,
  type Recorder,
} from "../kit/request-recorder.ts";

/** How somebody understood what came over one connection. */
interface Reading {
  readonly requests: readonly ReadRequest[];
  readonly isRefused: boolean;
}

const namesOf = (reasons: readonly Reason[]): Set<string> => new Set(reasons.flatMap(([, names]) => names));

/** What a server said to one client, and what it took for requests. */
function readingOf(connections: readonly ReadConnection[], statuses: readonly number[]): Reading {
  const all = connections.flatMap((connection) => connection.requests);
  const cut = all.findIndex((request) => request.body === undefined);
  const requests = cut === -1 ? all : all.slice(0, cut);
  return { requests, isRefused: cut !== -1 || statuses.some((status) => status >= 400) };
}

/** What matters, in words; undefined when nothing does. */
function difference(ours: Reading, theirs: Reading): string | undefined {
  const both = Math.min(ours.requests.length, theirs.requests.length);
  for (let at = 0; at < both; at += 1) {
    const [a, b] = [shown(ours.requests[at]), shown(theirs.requests[at])];
    if (a !== b) return `request ${at + 1} is ${a} to us and ${b} to HAProxy`;
  }
  if (ours.requests.length > both && !theirs.isRefused) return `we take ${shown(ours.requests[both])}, HAProxy waits`;
  if (theirs.requests.length > both && !ours.isRefused) return `HAProxy takes ${shown(theirs.requests[both])}, we wait`;
  return undefined;
}

function shown(request: ReadRequest | undefined): string {
  if (request === undefined) return "nothing";
  const { method, target, host, body } = request;
  return JSON.stringify([method, target, host, body]);
}

/** How many requests octets hold, whole or not, whatever they say about closing; what is left over counts as one. */
function countRequests(octets: string): number {
  const parser = new RequestParser();
  const all = Buffer.from(octets, "latin1");
  let count = 0;
  try {
    for (let offset = 0; offset < all.length;) {
      offset = parser.push(all, offset);
      if (parser.phase === "held") parser.takeBody(all.length);
      if (parser.phase !== "done") continue;
      count += 1;
      parser.next();
    }
  } catch (error) {
    if (!(error instanceof Http1Error)) throw error;
    // Refused with everything after it.
    return count;
  }
  return parser.isWithin ? count + 1 : count;
}

/** HAProxy's reading, and what it passed on. */
async function readThrough(
  to: { haproxy: number; recorder: Recorder },
  octets: string,
  ours: Reading,
): Promise<{ theirs: Reading; passedOn: ReadConnection[] }> {
  let statuses = await sendOctets(to.haproxy, octets);
  let passedOn = to.recorder.take();
  if (difference(ours, readingOf(passedOn, statuses)) !== undefined) {
    // Once its client has closed its side, HAProxy may end before it looks at what came behind the first request.
    statuses = await sendOctets(to.haproxy, octets, ours.requests.length);
    passedOn = to.recorder.take();
  }
  return { theirs: readingOf(passedOn, statuses), passedOn };
}

const skip = withoutHaproxy;

test("HAProxy and we understand every nasty request alike, or one of us refuses it", { skip }, async (t) => {
  const recorder = await startRecorder(t);
  const haproxy = await startHaproxy(t, recorder.port);
  const [weRefuse, haproxyRefuses] = [namesOf(WE_REFUSE), namesOf(HAPROXY_REFUSES)];
  const found: string[] = [];
  let forwarded = 0;
  recorder.take();
  for (const { name, octets } of CORPUS) {
    const statuses = await sendOctets(recorder.port, octets);
    const ours = readingOf(recorder.take(), statuses);
    const { theirs, passedOn } = await readThrough({ haproxy, recorder }, octets, ours);
    forwarded += passedOn.length;
    const matters = difference(ours, theirs);
    if (matters !== undefined) found.push(`${name}: ${matters}`);
    // HAProxy opened a connection for each request: more than one in it would be one that it did not see.
    for (const connection of passedOn) {
      if (countRequests(connection.octets) > 1) found.push(`${name}: HAProxy passed on several as one`);
    }
    const more = ours.requests.length - theirs.requests.length;
    if (more > 0 && !haproxyRefuses.has(name)) found.push(`${name}: HAProxy refuses it`);
    if (more < 0 && !weRefuse.has(name)) found.push(`${name}: we refuse it, and HAProxy does not`);
  }
  assert.deepEqual(found, []);
  assert.ok(forwarded > 100, `${forwarded} requests were passed on`);
});

test("what our edge passes on is what we understood, to us and to HAProxy behind it", { skip }, async (t) => {
  const recorder = await startRecorder(t);
  const haproxy = await startHaproxy(t, recorder.port);
  const edges = [
    ["us", await startEdgeBefore(t, recorder.port)],
    ["HAProxy", await startEdgeBefore(t, haproxy)],
  ] as const;
  const found: string[] = [];
  let passedOn = 0;
  recorder.take();
  for (const { name, octets } of CORPUS) {
    const statuses = await sendOctets(recorder.port, octets);
    const ours = readingOf(recorder.take(), statuses);
    // Requests that are pipelined go on side by side, so that their order is not looked at.
    const meant = { requests: sorted(ours.requests.map(byEdge)), isRefused: ours.isRefused };
    for (const [whom, edge] of edges) {
      const answers = await sendOctets(edge, octets);
      // What an edge breaks off, because its client did, was never whole behind it.
      const whole = recorder.takeWhole();
      const requests = sorted(whole.map((request) => ({ ...request, host: request.headers["x-forwarded-host"] })));
      const theirs = { requests, isRefused: answers.some((status) => status >= 400) };
      passedOn += requests.length;
      const matters = difference(meant, theirs);
      if (matters !== undefined) found.push(`${name}, before ${whom}: ${matters}`);
      if (requests.length > meant.requests.length) found.push(`${name}, before ${whom}: more than came`);
    }
  }
  assert.deepEqual(found, []);
  assert.ok(passedOn > 150, `${passedOn} requests were passed on`);
});

const sorted = (requests: readonly ReadRequest[]): ReadRequest[] =>
  requests.toSorted((a, b) => (shown(a) < shown(b) ? -1 : 1));

/** A request as an edge sends it on: its target is a path, and its host the one that the target named. */
function byEdge(request: ReadRequest): ReadRequest {
  const absolute = /^https?:\/\/([^/?#]*)(.*)$/is.exec(request.target);
  const rest = absolute?.[2] ?? request.target;
  const host = absolute?.[1] ?? request.host;
  return { ...request, target: rest.startsWith("/") ? rest : `/${rest}`, host: host === "" ? undefined : host };
}

test("every difference that is listed is one of the corpus, once, with its reason", () => {
  const names = [...WE_REFUSE, ...HAPROXY_REFUSES].flatMap(([, each]) => each);
  const known = new Set(CORPUS.map(({ name }) => name));
  assert.deepEqual(
    names.filter((name, at) => !known.has(name) || names.indexOf(name) !== at),
    [],
  );
  assert.ok(CORPUS.length >= 200, String(CORPUS.length));
});
