/** Where HAProxy (2.6) and we do not treat a request of the corpus alike, by its name, and why that does not matter. */

/** Why, and the requests for which it is the reason. */
export type Reason = readonly [why: string, names: readonly string[]];

/**
 * HAProxy takes these and passes them on written anew, so that we read from it what it
 * understood; sent to us directly, we refuse them and close the connection.
 */
export const WE_REFUSE: readonly Reason[] = [
  [
    "HAProxy takes other white space in the request line for one space; the line that it passes on has one",
    [
      "two spaces after the method",
      "two spaces before the version",
      "a tab after the method",
      "a tab before the version",
    ],
  ],
  ["HAProxy skips any number of empty lines before a request", ["two empty lines before it", "a bare LF before it"]],
  [
    "HAProxy takes a line feed alone for the end of a line; every line that it passes on ends in CR LF",
    [
      "a bare LF after the request line",
      "a bare LF after a field",
      "LF alone at the end of the head",
      "LF LF at the end of the head",
      "a bare LF behind a size",
      "a bare LF behind a chunk",
      "a bare LF within the trailers",
      "LF alone at the end of a chunked body",
      "LF LF at the end of a chunked body",
      "a coding behind a bare LF",
      "a length behind a bare LF",
    ],
  ],
  [
    "HAProxy unfolds fields; those that it passes on are of one line, and a length in a fold is a part of the value before it",
    [
      "a folded field",
      "a folded field with a tab",
      "a fold to nothing",
      "a folded Transfer-Encoding",
      "a folded trailer",
      "Host folded",
      "a length behind a fold",
    ],
  ],
  [
    "HAProxy makes one field of two that say the same",
    ["Host twice", "the length twice, the same", "the length twice in one field"],
  ],
  [
    "HAProxy lets chunks win over a length and drops the length (RFC 9112 §6.3), and closes the connection after",
    ["both kinds of length", "both kinds, the other way round", "CL.TE"],
  ],
  [
    "HAProxy takes any version from 1.1 on, passes on 1.1, and treats it as 1.1 in between",
    ["HTTP/1.2", "HTTP/1.3", "HTTP/2.0", "a good request behind a bad version"],
  ],
  [
    "HAProxy bounds neither extensions nor the digits of a chunk size, and passes on sizes of its own without extensions",
    [
      "a space behind a size",
      "a tab behind a size",
      "a zero within an extension",
      "an extension of a KiB",
      "many extensions",
      "a last chunk of too many zeros",
      "a chunk size of nine digits that is small",
    ],
  ],
];

/** We take these, and HAProxy refuses them: it never passes them on, and as they come directly there is nobody who disagrees. */
export const HAPROXY_REFUSES: readonly Reason[] = [
  [
    "HAProxy compares the absolute form with Host, which is for whoever routes by Host alone; we take the host of the target, as RFC 9112 §3.2.2 says, and only that",
    [
      "the absolute form",
      "an absolute target and another Host",
      "an absolute target with a port",
      "an absolute target of https",
      "an absolute target with a user",
      "an absolute target without a path",
      "an absolute target with a query and no path",
      "an absolute target of another scheme",
    ],
  ],
  [
    "our parser leaves the form of a target to the dispatcher, which answers 400 to what is no path",
    ["a target without a slash", "the authority form with GET"],
  ],
  ["HAProxy takes 101 fields at the most, we take 200", ["200 fields"]],
  ["HAProxy refuses the method of HTTP/2's preface; to us it is one that no route has", ["PRI with a path"]],
  [
    "HAProxy refuses an upgrade to WebSocket without a key; we take no upgrade at all, and go on in HTTP/1.1 as RFC 9110 §7.8 allows",
    ["an upgrade that is not taken", "a request behind an upgrade"],
  ],
];
