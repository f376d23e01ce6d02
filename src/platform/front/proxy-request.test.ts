import assert from "node:assert/strict";
import { it } from "node:test";
import { isLoopback } from "./loopback.ts";
import { parseProxyRequest } from "./proxy-request.ts";

it("takes only this machine's addresses for loopback", () => {
  for (const address of ["127.0.0.1", "127.255.0.9", "::1", "::ffff:127.0.0.1"])
    assert.ok(isLoopback(address), address);
  for (const address of ["0.0.0.0", "::", "10.0.0.1", "::ffff:10.0.0.1", "128.0.0.1", "localhost", "", undefined])
    assert.ok(!isLoopback(address), address);
});

it("takes a CONNECT apart", () => {
  assert.deepEqual(parseProxyRequest("CONNECT API.twilio.com:443 HTTP/1.1\r\nHost: x\r\n\r\n"), {
    method: "CONNECT",
    host: "api.twilio.com",
    port: 443,
    onward: undefined,
  });
  assert.equal(parseProxyRequest("CONNECT [::1]:8443 HTTP/1.0\r\n\r\n")?.host, "::1");
  for (const target of [
    "api.twilio.com",
    "host:0",
    "host:65536",
    "host:99999",
    ":443",
    "a@b:443",
    "http://a/:443",
    "[::1]",
    "a:1:2",
    "::1:443",
  ]) {
    assert.equal(parseProxyRequest(`CONNECT ${target} HTTP/1.1\r\n\r\n`), undefined, target);
  }
});

it("rewrites a request with a whole URL for the host that it names, without what was meant for the proxy", () => {
  const head =
    "POST http://Example.test:8081/a?b=1 HTTP/1.1\r\nHost: other\r\nContent-Length: 2\r\nProxy-Connection: keep-alive\r\nProxy-Authorization: Basic x\r\nConnection: keep-alive\r\n\r\n";
  assert.deepEqual(parseProxyRequest(head), {
    method: "POST",
    host: "example.test",
    port: 8081,
    onward: "POST /a?b=1 HTTP/1.1\r\nHost: Example.test:8081\r\nContent-Length: 2\r\nConnection: close\r\n\r\n",
  });
  assert.match(parseProxyRequest("GET http://h HTTP/1.1\r\n\r\n")?.onward ?? "", /^GET \/ HTTP\/1\.1\r\nHost: h\r\n/);
  assert.match(parseProxyRequest("GET http://h?q HTTP/1.1\r\n\r\n")?.onward ?? "", /^GET \/\?q HTTP/);
  for (const target of ["http://", "http:///x", "https://h/", "http://u:p@h/", "http://h:0/", "http://h:x/"]) {
    assert.equal(parseProxyRequest(`GET ${target} HTTP/1.1\r\n\r\n`), undefined, target);
  }
});
