import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { namedSettings, settingsTable } from "../platform/config/index.ts";
import { carrierSettings } from "./carriers.ts";
import {
  isOurs,
  ownCertificateFiles,
  programEnvironment,
  proxyBefore,
  restoredEnvironment,
  type Environment,
} from "./program-environment.ts";

const run = { baseUrl: "http://127.0.0.1:8080", caPath: "/d/ca/ca.pem", accountSid: "AC1", authToken: "token" };
const make = (env: Environment) => programEnvironment({ run, bundlePath: "/d/ca/bundle.pem", env });

/** What a shell has after it evaluated changes. */
function applied(env: Environment, changes: Readonly<Record<string, string | null>>): Environment {
  const all = { ...env, ...changes };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null)) as Environment;
}

describe("the environment of programs", () => {
  it("names the proxy, the certificates and the credentials", () => {
    assert.deepEqual(make({}), {
      HTTP_PROXY: run.baseUrl,
      HTTPS_PROXY: run.baseUrl,
      http_proxy: run.baseUrl,
      https_proxy: run.baseUrl,
      NO_PROXY: "localhost,127.0.0.1,::1",
      no_proxy: "localhost,127.0.0.1,::1",
      NODE_USE_ENV_PROXY: "1",
      NODE_EXTRA_CA_CERTS: "/d/ca/ca.pem",
      SSL_CERT_FILE: "/d/ca/bundle.pem",
      REQUESTS_CA_BUNDLE: "/d/ca/bundle.pem",
      CURL_CA_BUNDLE: "/d/ca/bundle.pem",
      TWILIO_ACCOUNT_SID: "AC1",
      TWILIO_AUTH_TOKEN: "token",
      _TRUNKLINE_ENV: "1",
    });
  });

  it("holds nothing that a start would take for a setting", () => {
    const settings = namedSettings(settingsTable(carrierSettings)).map(({ env }) => env);
    for (const name of Object.keys(make({ HTTP_PROXY: "http://corp:3128" }))) {
      assert(!name.startsWith("TRUNKLINE_"), name);
      assert(!settings.includes(name), name);
    }
  });

  it("excepts from the proxy what was excepted, but never a vendor's host", () => {
    const except = (value: string): string | undefined => make({ NO_PROXY: value })["NO_PROXY"];
    const loopback = "localhost,127.0.0.1,::1";
    assert.equal(
      except("intra.example, .corp.example 10.0.0.0/8"),
      `intra.example,.corp.example,10.0.0.0/8,${loopback}`,
    );
    for (const vendor of [
      "*",
      ".",
      "com",
      ".com",
      "*.com",
      "twilio.com",
      ".twilio.com",
      "*.Twilio.com",
      "api.twilio.com:443",
    ]) {
      assert.equal(except(vendor), loopback, vendor);
    }
    assert.equal(except("localhost,twilio.com.example"), "localhost,twilio.com.example,127.0.0.1,::1");
  });

  it("excepts the system itself where it is not on loopback", () => {
    const elsewhere = { ...run, baseUrl: "http://[fd00::7]:8080" };
    const made = programEnvironment({ run: elsewhere, bundlePath: "/b", env: {} });
    assert.equal(made["NO_PROXY"], "localhost,127.0.0.1,::1,fd00::7");
  });

  it("gives Node the bundle where the shell had certificates for it already", () => {
    const env = { NODE_EXTRA_CA_CERTS: "/corp.pem", CURL_CA_BUNDLE: "/curl.pem" };
    assert.equal(make(env)["NODE_EXTRA_CA_CERTS"], "/d/ca/bundle.pem");
    assert.deepEqual(ownCertificateFiles(env), ["/corp.pem", "/curl.pem"]);
    assert.deepEqual(ownCertificateFiles(applied(env, make(env))), ["/corp.pem", "/curl.pem"]);
  });

  it("can be undone, also after it was set twice and for another system", () => {
    for (const before of [
      {},
      { PATH: "/bin", TWILIO_AUTH_TOKEN: "real", HTTPS_PROXY: "http://corp:3128", NO_PROXY: "x.example" },
    ] as Environment[]) {
      const once = applied(before, make(before));
      const other = programEnvironment({ run: { ...run, authToken: "other" }, bundlePath: "/o", env: once });
      const twice = applied(once, other);
      assert(isOurs(twice));
      assert.equal(twice["TWILIO_AUTH_TOKEN"], "other");
      assert.deepEqual(applied(twice, restoredEnvironment(twice)), before);
    }
  });

  it("leaves alone what is not ours", () => {
    assert.deepEqual(restoredEnvironment({ TWILIO_AUTH_TOKEN: "real", HTTP_PROXY: "http://corp:3128" }), {});
  });

  it("remembers the proxy that the shell had", () => {
    const env = { https_proxy: "http://corp:3128" };
    assert.equal(proxyBefore(env), "http://corp:3128");
    assert.equal(proxyBefore(applied(env, make(env))), "http://corp:3128");
    assert.equal(proxyBefore(make({})), undefined);
  });
});
