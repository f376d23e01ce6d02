export { acmeIssuer, type AcmeIssuerOptions } from "./acme-issuer.ts";
