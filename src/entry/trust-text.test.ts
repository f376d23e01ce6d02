import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { servedProducts } from "./catalogue.ts";
import { hostsLines, trustText, type TrustInput } from "./trust-text.ts";

const input: TrustInput = {
  caPath: "/it's/ca.pem",
  bundlePath: "/it's/bundle.pem",
  fingerprint: "AB:CD",
  subject: "CN=local",
  validTo: "2036-01-01T00:00:00.000Z",
  names: ["api.twilio.com", "monitor.twilio.com"],
  address: "127.0.0.1",
  tlsPort: undefined,
  proxy: { host: "127.0.0.1", port: "9000" },
};

describe("what is told about trust", () => {
  it("names file, fingerprint, recipes and hosts", () => {
    const text = trustText(input);
    for (const part of [
      "File         /it's/ca.pem",
      "SHA-256      AB:CD",
      `sudo cp '/it'"'"'s/ca.pem' /usr/local/share/ca-certificates/trunkline.crt`,
      "security add-trusted-cert",
      "NODE_EXTRA_CA_CERTS=",
      `REQUESTS_CA_BUNDLE='/it'"'"'s/bundle.pem'`,
      "curl --cacert",
      "keytool -importcert",
      "-Dhttps.proxyPort=9000",
      "127.0.0.1 api.twilio.com monitor.twilio.com",
      "there is no TLS port: start with --tls-port 443",
    ]) {
      assert(text.includes(part), part);
    }
  });

  it("says what is missing for names without a proxy", () => {
    assert.match(trustText({ ...input, tlsPort: 443 }), /which is this system's TLS port/);
    assert.match(trustText({ ...input, tlsPort: 8443 }), /the TLS port is 8443/);
    assert.match(trustText({ ...input, proxy: undefined }), /-Dhttps.proxyPort=8080/);
  });

  it("puts few names on a line, because some systems read no more", () => {
    const names = Array.from({ length: 12 }, (_, index) => `p${index}.twilio.com`);
    const lines = hostsLines("10.0.0.7", names);
    assert(lines.every((line) => /^10\.0\.0\.7( \S+\.twilio\.com){1,5}$/.test(line)));
    assert.deepEqual(
      lines.flatMap((line) => line.split(" ").slice(1)),
      names,
    );
  });

  it("knows the products that are served", async () => {
    const products = await servedProducts();
    for (const product of ["api", "accounts", "monitor"]) assert(products.includes(product), product);
  });
});
