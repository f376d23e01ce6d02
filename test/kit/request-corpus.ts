/** Some 380 requests that try to be understood in two ways, as data, each with what becomes of it. */

/** `accept`: whole requests, as many as `requests` says. A number: refused with this status. `wait`: more has to come. */
export type Verdict = "accept" | "wait" | 400 | 431;

export interface CorpusEntry {
  readonly name: string;
  /** Latin-1. */
  readonly octets: string;
  readonly verdict: Verdict;
  /** How many whole requests come out, before the refusal if there is one. */
  readonly requests: number;
  /** What some `node:http` does where it differs from us, and that is meant. */
  readonly node?: "accept" | "refuse" | "wait";
}

type Row = readonly [name: string, octets: string, verdict: Verdict, node?: "accept" | "refuse" | "wait"];

const HOST = "Host: x\r\n";
const get = (fields = "", line = "GET / HTTP/1.1"): string => `${line}\r\n${HOST}${fields}\r\n`;
const post = (fields: string, body = ""): string => `POST / HTTP/1.1\r\n${HOST}${fields}\r\n${body}`;
const chunked = (body: string): string => post("Transfer-Encoding: chunked\r\n", body);

const REQUEST_LINES: readonly Row[] = [
  ["a plain request", get(), "accept"],
  ["a query", get("", "GET /a?b=c&d=%20 HTTP/1.1"), "accept"],
  ["every character that a target may hold", get("", "GET /-._~!$&'()*+,;=:@%41/?x HTTP/1.1"), "accept"],
  ["the absolute form", get("", "GET http://api.twilio.com/x HTTP/1.1"), "accept"],
  ["the asterisk form", get("", "OPTIONS * HTTP/1.1"), "accept"],
  ["HTTP/1.0 without Host", "GET / HTTP/1.0\r\n\r\n", "accept"],
  ["HTTP/1.0 that stays", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET / HTTP/1.0\r\n\r\n", "accept"],
  ["an empty line before it", `\r\n${get()}`, "accept"],
  ["two empty lines before it", `\r\n\r\n${get()}`, 400, "accept"],
  ["a bare LF before it", `\n${get()}`, 400, "accept"],
  ["a bare CR before it", `\r${get()}`, 400, "accept"],
  ["a space before it", ` ${get()}`, 400],
  ["two spaces after the method", get("", "GET  / HTTP/1.1"), 400, "accept"],
  ["two spaces before the version", get("", "GET /  HTTP/1.1"), 400, "accept"],
  ["a tab after the method", get("", "GET\t/ HTTP/1.1"), 400],
  ["a tab before the version", get("", "GET /\tHTTP/1.1"), 400],
  ["a space after the version", get("", "GET / HTTP/1.1 "), 400],
  ["a space within the target", get("", "GET /a b HTTP/1.1"), 400],
  ["no target", get("", "GET HTTP/1.1"), 400],
  ["no version", get("", "GET /"), 400, "accept"],
  ["HTTP/0.9", "GET /\r\n\r\n", 400, "accept"],
  ["HTTP/1.2", get("", "GET / HTTP/1.2"), 400],
  ["HTTP/2.0", get("", "GET / HTTP/2.0"), 400, "accept"],
  ["the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400],
  ["HTTP/1", get("", "GET / HTTP/1"), 400],
  ["HTTP/1.", get("", "GET / HTTP/1."), 400],
  ["HTTP/1.10", get("", "GET / HTTP/1.10"), 400],
  ["HTTP/11.1", get("", "GET / HTTP/11.1"), 400],
  ["http/1.1 in small letters", get("", "GET / http/1.1"), 400],
  ["another protocol", get("", "GET / RTSP/1.0"), 400, "accept"],
  ["a method in small letters", get("", "get / HTTP/1.1"), 400],
  ["a method with a colon", get("", "G:T / HTTP/1.1"), 400],
  ["a method that nobody knows", get("", "BREW / HTTP/1.1"), "accept", "refuse"],
  ["a method that is too long", get("", `${"A".repeat(21)} / HTTP/1.1`), 400],
  ["a fragment in the target", get("", "GET /a#b HTTP/1.1"), 400, "accept"],
  ["an octet above ASCII in the target", get("", "GET /\xe9 HTTP/1.1"), 400],
  ["a target without a slash", get("", "GET a HTTP/1.1"), "accept", "refuse"],
  ["a greeting of TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400],
  ["a greeting of SMTP", "HELO example.org\r\n\r\n", 400],
  ["a bare LF after the request line", `GET / HTTP/1.1\n${HOST}\r\n`, 400],
  ["a bare CR after the request line", `GET / HTTP/1.1\r${HOST}\r\n`, 400],
  ["half a request line", "GET / HT", "wait"],
  ["a request line alone", "GET / HTTP/1.1\r\n", "wait"],
  ["half a head", `GET / HTTP/1.1\r\n${HOST}`, "wait"],
];

const FIELDS: readonly Row[] = [
  ["no Host", "GET / HTTP/1.1\r\n\r\n", 400],
  ["Host twice", get("Host: x\r\n"), 400, "accept"],
  ["two different Hosts", get("host: y\r\n"), 400, "accept"],
  ["HTTP/1.0 with Host twice", "GET / HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n", 400, "accept"],
  ["an empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", "accept"],
  ["a Host with a port", "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", "accept"],
  ["a Host with a user", "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", 400, "accept"],
  ["a Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400, "accept"],
  ["a Host that is a list", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400, "accept"],
  ["a space before the colon", get("X : 1\r\n"), 400],
  ["a tab before the colon", get("X\t: 1\r\n"), 400],
  ["a space before the first field", "GET / HTTP/1.1\r\n Host: x\r\n\r\n", 400],
  ["a folded field", get("X: a\r\n b\r\n"), 400],
  ["a folded field with a tab", get("X: a\r\n\tb\r\n"), 400],
  ["a fold to nothing", get("X: a\r\n \r\n"), 400],
  ["a folded Transfer-Encoding", post("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n"), 400],
  ["a line without a colon", get("X\r\n"), 400],
  ["an empty name", get(": 1\r\n"), 400],
  ["a name with a space", get("X Y: 1\r\n"), 400],
  ["a name with brackets", get("X[]: 1\r\n"), 400],
  ["a name above ASCII", get("X\xe9: 1\r\n"), 400],
  ["every character that a name may hold", get("!#$%&'*+-.^_`|~09azAZ: 1\r\n"), "accept"],
  ["an empty value", get("X:\r\n"), "accept"],
  ["blanks around a value", get("X: \t 1 \t\r\n"), "accept"],
  ["octets above ASCII in a value", get("X: \x80\xff\r\n"), "accept"],
  ["a bare LF after a field", get("X: 1\n"), 400],
  ["a bare LF within a value", get("X: 1\n2\r\n"), 400],
  ["a bare CR within a value", get("X: 1\r2\r\n"), 400],
  ["CR CR LF after a field", get("X: 1\r\r\n"), 400],
  ["CR CR LF at the end of the head", `GET / HTTP/1.1\r\n${HOST}\r\r\n`, 400],
  ["LF alone at the end of the head", `GET / HTTP/1.1\r\n${HOST}\n`, 400],
  ["LF LF at the end of the head", `GET / HTTP/1.1\nHost: x\n\n`, 400],
  ["a field called __proto__", get("__proto__: 1\r\nconstructor: 2\r\n"), "accept"],
  ["200 fields", get("a: b\r\n".repeat(199)), "accept"],
  ["201 fields", get("a: b\r\n".repeat(200)), 431, "accept"],
  ["a head of 16 KiB and a little", get(`X: ${"a".repeat(16_384)}\r\n`), 431],
  ["a target of 16 KiB", get("", `GET /${"a".repeat(16_384)} HTTP/1.1`), 431],
  ["a head that never ends", `GET / HTTP/1.1\r\n${HOST}${"a: b\r\n".repeat(3_000)}`, 431, "wait"],
  ["a first line that never ends", `GET /${"a".repeat(17_000)}`, 431],
];

const LENGTHS: readonly Row[] = [
  ["a body", post("Content-Length: 3\r\n", "abc"), "accept"],
  ["a body of nothing", post("Content-Length: 0\r\n"), "accept"],
  ["no length at all", post(""), "accept"],
  ["a length with zeros before it", post("Content-Length: 003\r\n", "abc"), "accept"],
  ["half a body", post("Content-Length: 3\r\n", "ab"), "wait"],
  ["a request behind a body", post("Content-Length: 3\r\n", "abc") + get(), "accept"],
  ["a request within a body", post("Content-Length: 25\r\n", get().slice(0, 25)), "accept"],
  ["rubbish behind a body", `${post("Content-Length: 3\r\n", "abcd")}\r\n\r\n`, 400],
  ["an empty line behind a body", `${post("Content-Length: 3\r\n", "abc\r\n")}${get()}`, "accept"],
  ["a body with GET", `GET / HTTP/1.1\r\n${HOST}Content-Length: 3\r\n\r\nabc`, "accept"],
  ["the length twice, the same", post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"), 400],
  ["the length twice, different", post("Content-Length: 3\r\nContent-Length: 4\r\n", "abc"), 400],
  ["the length twice in one field", post("Content-Length: 3, 3\r\n", "abc"), 400],
  ["an empty length", post("Content-Length:\r\n"), 400],
  ["a length with a sign", post("Content-Length: +3\r\n", "abc"), 400],
  ["a negative length", post("Content-Length: -3\r\n", "abc"), 400],
  ["a hexadecimal length", post("Content-Length: 0x3\r\n", "abc"), 400],
  ["a length with a fraction", post("Content-Length: 3.0\r\n", "abc"), 400],
  ["a length with an exponent", post("Content-Length: 1e1\r\n", "abc"), 400],
  ["a length with a space within", post("Content-Length: 3 3\r\n", "abc"), 400],
  ["a length with a no-break space", post("Content-Length: \xa03\r\n", "abc"), 400],
  ["a length with a vertical tab", post("Content-Length: \x0b3\r\n", "abc"), 400],
  ["a length with a semicolon", post("Content-Length: 3;a=b\r\n", "abc"), 400],
  ["a length of sixteen digits", post(`Content-Length: ${"9".repeat(16)}\r\n`), 400, "wait"],
  ["a length past 64 bits", post(`Content-Length: ${"9".repeat(30)}\r\n`), 400],
  ["a length with an underscore in the name", post("Content_Length: 3\r\n"), "accept"],
  ["a length with a space before the colon", post("Content-Length : 3\r\n", "abc"), 400],
];

const CODINGS: readonly Row[] = [
  ["a chunked body", chunked("3\r\nabc\r\n0\r\n\r\n"), "accept"],
  ["Chunked in another spelling", post("Transfer-Encoding: CHUNKED\r\n", "0\r\n\r\n"), "accept"],
  ["chunks of one octet", chunked("1\r\na\r\n1\r\nb\r\n0\r\n\r\n"), "accept"],
  ["sizes in both cases", chunked("a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n"), "accept"],
  ["a size with zeros before it", chunked("003\r\nabc\r\n000\r\n\r\n"), "accept"],
  ["a chunk extension", chunked('3;a=b;c="d"\r\nabc\r\n0\r\n\r\n'), "accept"],
  ["trailers", chunked("0\r\nX: 1\r\nY: 2\r\n\r\n"), "accept"],
  ["a request behind a chunked body", chunked("3\r\nabc\r\n0\r\n\r\n") + get(), "accept"],
  ["half a chunk", chunked("3\r\nab"), "wait"],
  ["no last chunk", chunked("3\r\nabc\r\n"), "wait"],
  ["no end of the trailers", chunked("0\r\n"), "wait"],
  ["both kinds of length", post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400],
  ["both kinds, the other way round", post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "0\r\n\r\n"), 400],
  ["chunked twice in one field", post("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n"), 400],
  [
    "chunked twice in two fields",
    post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
    400,
  ],
  ["gzip before chunked", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), 400, "accept"],
  ["chunked before gzip", post("Transfer-Encoding: chunked, gzip\r\n", "0\r\n\r\n"), 400],
  ["identity", post("Transfer-Encoding: identity\r\n", ""), 400],
  ["gzip alone", post("Transfer-Encoding: gzip\r\n", ""), 400],
  ["an empty coding", post("Transfer-Encoding:\r\n", ""), 400, "accept"],
  ["a coding that begins like chunked", post("Transfer-Encoding: chunkedx\r\n", "0\r\n\r\n"), 400],
  ["a coding that ends like chunked", post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"), 400],
  ["chunked with a vertical tab", post("Transfer-Encoding: \x0bchunked\r\n", "0\r\n\r\n"), 400],
  ["chunked in quotes", post('Transfer-Encoding: "chunked"\r\n', "0\r\n\r\n"), 400],
  ["chunked with a parameter", post("Transfer-Encoding: chunked;a=b\r\n", "0\r\n\r\n"), 400],
  ["chunked with a comma behind", post("Transfer-Encoding: chunked,\r\n", "0\r\n\r\n"), 400],
  ["a coding with a space before the colon", post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n"), 400],
  ["chunked in HTTP/1.0", "POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "accept"],
  ["an empty size", chunked("\r\nabc\r\n0\r\n\r\n"), 400],
  ["a size that is no number", chunked("zz\r\n"), 400],
  ["a size with 0x", chunked("0x3\r\nabc\r\n0\r\n\r\n"), 400],
  ["a size with a sign", chunked("+3\r\nabc\r\n0\r\n\r\n"), 400],
  ["a negative size", chunked("-3\r\nabc\r\n0\r\n\r\n"), 400],
  ["a space before a size", chunked(" 3\r\nabc\r\n0\r\n\r\n"), 400],
  ["a space behind a size", chunked("3 \r\nabc\r\n0\r\n\r\n"), 400],
  ["a size past 32 bits", chunked("100000000\r\n"), 400, "wait"],
  ["a size past 64 bits", chunked("fffffffffffffffff\r\n"), 400],
  ["a bare LF behind a size", chunked("3\nabc\r\n0\r\n\r\n"), 400],
  ["a bare CR behind a size", chunked("3\rabc\r\n0\r\n\r\n"), 400],
  ["a bare LF within an extension", chunked("3;a\nb\r\nabc\r\n0\r\n\r\n"), 400],
  ["a bare CR within an extension", chunked("3;a\rb\r\nabc\r\n0\r\n\r\n"), 400],
  ["a zero within an extension", chunked("3;a\0\r\nabc\r\n0\r\n\r\n"), 400],
  ["no line end behind a chunk", chunked("3\r\nabc0\r\n\r\n"), 400],
  ["a bare LF behind a chunk", chunked("3\r\nabc\n0\r\n\r\n"), 400],
  ["more than the size", chunked("3\r\nabcd\r\n0\r\n\r\n"), 400],
  ["an extension of a KiB", chunked(`3;${"a".repeat(1_100)}\r\nabc\r\n0\r\n\r\n`), 400, "accept"],
  ["many extensions", chunked(`${`1;${"a".repeat(900)}\r\na\r\n`.repeat(20)}0\r\n\r\n`), 400, "accept"],
  ["a trailer with a space before the colon", chunked("0\r\nX : 1\r\n\r\n"), 400],
  ["a folded trailer", chunked("0\r\nX: 1\r\n 2\r\n\r\n"), 400],
  ["a bare LF within the trailers", chunked("0\r\nX: 1\n\r\n"), 400],
  ["8 KiB of trailers", chunked(`0\r\nX: ${"a".repeat(8_192)}\r\n\r\n`), 400, "accept"],
  ["a length among the trailers is no length", chunked("0\r\nContent-Length: 9\r\n\r\n") + get(), "accept", "refuse"],
];

const PIPELINES: readonly Row[] = [
  ["three requests at once", get() + get() + get(), "accept"],
  ["a broken request behind a good one", `${get()}NONSENSE\r\n\r\n`, 400],
  ["a GET with a body that is a request", `GET / HTTP/1.1\r\n${HOST}Content-Length: 27\r\n\r\n${get()}`, "accept"],
  ["CL.TE", post("Content-Length: 6\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\nG"), 400],
  ["TE.TE with a second spelling", post("Transfer-Encoding: chunked\r\nTransfer-encoding: x\r\n", "0\r\n\r\n"), 400],
  ["TE.0", `GET / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n${get()}`, "accept"],
  ["an upgrade that is not taken", get("Connection: Upgrade\r\nUpgrade: websocket\r\n"), "accept"],
  ["an upgrade to h2c", get("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n"), "accept"],
  ["Expect: 100-continue", post("Expect: 100-continue\r\nContent-Length: 1\r\n", "a"), "accept"],
];

/** Forms of Host and of the target that name a host in two ways. */
const HOSTS: readonly Row[] = [
  ["an absolute target and another Host", get("", "GET http://a.test/x HTTP/1.1"), "accept"],
  ["an absolute target with a port", get("", "GET http://a.test:8080/x HTTP/1.1"), "accept"],
  ["an absolute target of https", get("", "GET https://a.test/x HTTP/1.1"), "accept"],
  ["an absolute target with a user", get("", "GET http://u:p@a.test/x HTTP/1.1"), "accept"],
  ["an absolute target without a path", get("", "GET http://a.test HTTP/1.1"), "accept"],
  ["an absolute target with a query and no path", get("", "GET http://a.test?x HTTP/1.1"), "accept"],
  ["an absolute target of another scheme", get("", "GET ftp://a.test/x HTTP/1.1"), "accept"],
  ["an absolute target without Host", "GET http://a.test/x HTTP/1.1\r\n\r\n", 400],
  ["an absolute target in HTTP/1.0", "GET http://a.test/x HTTP/1.0\r\n\r\n", "accept"],
  ["a target that begins with two slashes", get("", "GET //a.test/x HTTP/1.1"), "accept"],
  ["a target with dots", get("", "GET /a/../../b HTTP/1.1"), "accept"],
  ["a target with a backslash", get("", "GET /a\\..\\b HTTP/1.1"), "accept"],
  ["a target with encoded CR LF", get("", "GET /a%0d%0aX:%201 HTTP/1.1"), "accept"],
  ["a target with a broken escape", get("", "GET /a%zz HTTP/1.1"), "accept"],
  ["a target with brackets", get("", "GET /a[0]{1}|^` HTTP/1.1"), "accept"],
  ["the authority form with GET", get("", "GET a.test:443 HTTP/1.1"), "accept", "refuse"],
  ["the asterisk form with GET", get("", "GET * HTTP/1.1"), "accept"],
  ["a Host with a trailing dot", "GET / HTTP/1.1\r\nHost: a.test.\r\n\r\n", "accept"],
  ["a Host with an empty port", "GET / HTTP/1.1\r\nHost: a.test:\r\n\r\n", "accept"],
  ["a Host with a port that is no number", "GET / HTTP/1.1\r\nHost: a.test:http\r\n\r\n", "accept"],
  ["a Host with a space within", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400, "accept"],
  ["a Host with a tab within", "GET / HTTP/1.1\r\nHost: a\tb\r\n\r\n", 400, "accept"],
  ["a Host that is a URL", "GET / HTTP/1.1\r\nHost: http://a.test/\r\n\r\n", 400, "accept"],
  ["a Host with a query", "GET / HTTP/1.1\r\nHost: a.test?x\r\n\r\n", 400, "accept"],
  ["a Host with a fragment", "GET / HTTP/1.1\r\nHost: a.test#x\r\n\r\n", 400, "accept"],
  ["a Host above ASCII", "GET / HTTP/1.1\r\nHost: \xe9.test\r\n\r\n", 400, "accept"],
  ["a Host in quotes", 'GET / HTTP/1.1\r\nHost: "a.test"\r\n\r\n', 400, "accept"],
  ["a Host with a backslash", "GET / HTTP/1.1\r\nHost: a\\b\r\n\r\n", 400, "accept"],
  ["Host last", "GET / HTTP/1.1\r\nX: 1\r\nHost: x\r\n\r\n", "accept"],
  ["Host with a space before the colon beside a good one", get("Host : y\r\n"), 400],
  ["Host folded", "GET / HTTP/1.1\r\nHost:\r\n x\r\n\r\n", 400],
  ["Host twice, the second empty", get("Host:\r\n"), 400, "accept"],
];

/** What is after the end of the body, or claims to be of the connection. */
const ENDINGS: readonly Row[] = [
  ["a trailer that is Host", chunked("0\r\nHost: y\r\n\r\n") + get(), "accept"],
  [
    "a trailer that is Transfer-Encoding",
    chunked("0\r\nTransfer-Encoding: chunked\r\n\r\n") + get(),
    "accept",
    "refuse",
  ],
  ["a trailer that is Authorization", chunked("0\r\nAuthorization: Basic eA==\r\n\r\n"), "accept"],
  ["a trailer without a colon", chunked("0\r\nX\r\n\r\n"), 400],
  ["a trailer with a control octet", chunked("0\r\nX: a\x01b\r\n\r\n"), 400],
  ["a bare CR at the end of the trailers", chunked("0\r\n\r"), "wait"],
  ["a bare CR instead of the end", chunked("0\r\n\rX"), "wait", "refuse"],
  ["LF alone at the end of a chunked body", chunked("0\r\n\n"), 400],
  ["LF LF at the end of a chunked body", chunked("0\n\n"), 400],
  ["a request behind a broken last chunk", chunked("0\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n"), 400],
  ["a last chunk with an extension", chunked("0;a=b\r\n\r\n"), "accept"],
  ["a last chunk of many zeros", chunked("00000000\r\n\r\n"), "accept"],
  ["a last chunk of too many zeros", chunked(`${"0".repeat(64)}\r\n\r\n`), 400, "accept"],
  ["a chunk size of nine digits that is small", chunked("000000003\r\nabc\r\n0\r\n\r\n"), 400, "accept"],
  ["a space before the extension", chunked("3 ;a\r\nabc\r\n0\r\n\r\n"), "accept", "refuse"],
  ["an extension that ends in a quote that is open", chunked('3;a="\r\nabc\r\n0\r\n\r\n'), "accept", "refuse"],
  ["a tab behind a size", chunked("3\t\r\nabc\r\n0\r\n\r\n"), 400],
  ["a chunk that holds the end of a chunked body", chunked("5\r\n0\r\n\r\n\r\n0\r\n\r\n"), "accept"],
  ["chunked with spaces behind", post("Transfer-Encoding: chunked \t\r\n", "0\r\n\r\n"), "accept", "refuse"],
  ["chunked with a no-break space", post("Transfer-Encoding: \xa0chunked\r\n", "0\r\n\r\n"), 400],
  ["chunked with a form feed", post("Transfer-Encoding: \x0cchunked\r\n", "0\r\n\r\n"), 400],
  ["chunked behind a comma", post("Transfer-Encoding: ,chunked\r\n", "0\r\n\r\n"), 400, "accept"],
  ["chunked and identity", post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"), 400],
  ["identity before chunked", post("Transfer-Encoding: identity, chunked\r\n", "0\r\n\r\n"), 400, "accept"],
  [
    "two codings in two fields",
    post("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
    400,
    "accept",
  ],
  ["a coding with an underscore in the name", post("Transfer_Encoding: chunked\r\n"), "accept"],
  ["a coding with a dot in the name", post("Transfer.Encoding: chunked\r\n"), "accept"],
  ["a coding with a quote before the name", post("'Transfer-Encoding: chunked\r\n"), "accept"],
  ["a coding behind a bare LF", post("X: 1\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400],
  ["a coding behind a bare CR", post("X: 1\rTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400],
  ["a length behind a bare LF", post("X: 1\nContent-Length: 3\r\n", "abc"), 400],
  ["a length behind a fold", post("X: 1\r\n Content-Length: 3\r\n", "abc"), 400],
  [
    "a coding that the Connection field names",
    post("Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
    "accept",
  ],
  [
    "a length that the Connection field names",
    post("Connection: Content-Length\r\nContent-Length: 3\r\n", "abc"),
    "accept",
  ],
  ["a Host that the Connection field names", get("Connection: Host\r\n"), "accept"],
  ["a length of zero and a request in the body", post("Content-Length: 0\r\n") + get(), "accept"],
  ["a length in HTTP/1.0 and a request behind it", `POST / HTTP/1.0\r\n${HOST}Content-Length: 3\r\n\r\nabc`, "accept"],
  [
    "HTTP/1.0 with both lengths",
    `POST / HTTP/1.0\r\n${HOST}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    400,
  ],
  ["a length of a sign alone", post("Content-Length: -\r\n"), 400],
  ["a length of a comma", post("Content-Length: 3,\r\n", "abc"), 400],
  ["a length with a line of nothing", post("Content-Length: 3\r\nContent-Length:\r\n", "abc"), 400],
  ["a length in other digits", post("Content-Length: \xb3\r\n", "abc"), 400],
  ["a length in octal", post("Content-Length: 010\r\n", "0123456789"), "accept"],
];

/** Requests that want to be something else, and what comes behind an error. */
const CHANGES: readonly Row[] = [
  ["the preface of HTTP/2 behind a request", `${get()}PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n`, 400],
  [
    "the preface of HTTP/2 behind an upgrade",
    `${get("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n")}PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n`,
    400,
    "accept",
  ],
  ["the preface of HTTP/2 as a body", post("Content-Length: 24\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), "accept"],
  ["PRI with a path", get("", "PRI / HTTP/1.1"), "accept", "refuse"],
  [
    "an upgrade with a body",
    post("Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 3\r\n", "abc"),
    "accept",
  ],
  [
    "an upgrade with a chunked body",
    post("Connection: Upgrade\r\nUpgrade: x\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
    "accept",
  ],
  ["an upgrade that Connection does not name", get("Upgrade: websocket\r\n"), "accept"],
  ["an upgrade to TLS", get("Connection: Upgrade\r\nUpgrade: TLS/1.0\r\n"), "accept"],
  [
    "a request behind an upgrade",
    get("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n") + get(),
    "accept",
  ],
  ["Expect of something else", post("Expect: 200-ok\r\nContent-Length: 1\r\n", "a"), "accept", "wait"],
  ["Expect twice", post("Expect: 100-continue\r\nExpect: 100-continue\r\nContent-Length: 1\r\n", "a"), "accept"],
  ["Expect with GET and no body", get("Expect: 100-continue\r\n"), "accept"],
  ["Expect in HTTP/1.0", `POST / HTTP/1.0\r\n${HOST}Expect: 100-continue\r\nContent-Length: 1\r\n\r\na`, "accept"],
  [
    "Expect with chunks",
    post("Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n", "1\r\na\r\n0\r\n\r\n"),
    "accept",
  ],
  ["HEAD with a body", `HEAD / HTTP/1.1\r\n${HOST}Content-Length: 3\r\n\r\nabc`, "accept"],
  [
    "DELETE with a body and a request behind it",
    `DELETE / HTTP/1.1\r\n${HOST}Content-Length: 3\r\n\r\nabc${get()}`,
    "accept",
  ],
  ["TRACE", get("", "TRACE / HTTP/1.1"), "accept"],
  ["a request behind a request to close", get("Connection: close\r\n") + get(), "accept", "refuse"],
  ["a good request behind a broken one", `GET / HTTP/1.1\r\n${HOST}Bad Field: 1\r\n\r\n${get()}`, 400],
  [
    "a good request behind one with two lengths",
    post("Content-Length: 3\r\nContent-Length: 4\r\n", "abc") + get(),
    400,
  ],
  ["a good request behind a broken chunk", chunked("zz\r\n") + get(), 400],
  ["a good request behind a bad version", `GET / HTTP/3.0\r\n${HOST}\r\n${get()}`, 400],
  ["half a request behind a good one", `${get()}GET / HT`, "wait", "accept"],
  [
    "CL.0: a request in a body that GET does not need",
    `GET / HTTP/1.1\r\n${HOST}Content-Length: 32\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\nX: 1\r\n`,
    "accept",
  ],
  ["a request of only spaces", "   \r\n\r\n", 400],
  ["a method with a hyphen", get("", "M-SEARCH * HTTP/1.1"), "accept"],
  ["a method with a digit", get("", "GE1 / HTTP/1.1"), 400],
  ["a method with an underscore", get("", "GET_X / HTTP/1.1"), 400],
  ["a method that begins with a hyphen", get("", "-GET / HTTP/1.1"), 400],
  ["a version with a sign", get("", "GET / HTTP/+1.1"), 400],
  ["a version with zeros", get("", "GET / HTTP/01.1"), 400],
  ["a version of one part", get("", "GET / HTTP/11"), 400],
  ["HTTP/1.3", get("", "GET / HTTP/1.3"), 400],
  ["HTTP/0.9 with a version", get("", "GET / HTTP/0.9"), 400, "accept"],
  ["a request line of two requests", get("", "GET / HTTP/1.1 GET / HTTP/1.1"), 400],
];

/** Every control octet, and DEL, in each place of a head. */
function controlOctets(): Row[] {
  const rows: Row[] = [];
  for (const code of [...Array.from({ length: 32 }, (_, i) => i), 127]) {
    const octet = String.fromCharCode(code);
    const shown = `0x${code.toString(16).padStart(2, "0")}`;
    if (code !== 0x09) rows.push([`${shown} in a value`, get(`X: a${octet}b\r\n`), 400]);
    rows.push([`${shown} in a name`, get(`X${octet}Y: a\r\n`), 400]);
    rows.push([`${shown} in a target`, get("", `GET /a${octet}b HTTP/1.1`), 400]);
  }
  return rows;
}

/** How many requests the octets hold, by their request lines. */
function countRequests(octets: string): number {
  return octets.match(/[A-Z][A-Z-]* [^\s]+ HTTP\/1\.[01]\r\n/g)?.length ?? 0;
}

/** Rows whose requests cannot be counted by their request lines. */
const COUNTED: Readonly<Record<string, number>> = {
  "a request within a body": 1,
  "a GET with a body that is a request": 1,
  "rubbish behind a body": 1,
  "a broken request behind a good one": 1,
  "CL.0: a request in a body that GET does not need": 1,
  "the preface of HTTP/2 behind a request": 1,
  "the preface of HTTP/2 behind an upgrade": 1,
  "half a request behind a good one": 1,
};

/** All of it. */
export const CORPUS: readonly CorpusEntry[] = [
  ...REQUEST_LINES,
  ...FIELDS,
  ...LENGTHS,
  ...CODINGS,
  ...PIPELINES,
  ...HOSTS,
  ...ENDINGS,
  ...CHANGES,
  ...controlOctets(),
].map(([name, octets, verdict, node]) => {
  const requests = COUNTED[name] ?? (verdict === "accept" ? countRequests(octets) : 0);
  return { name, octets, verdict, requests, ...(node === undefined ? {} : { node }) };
});
