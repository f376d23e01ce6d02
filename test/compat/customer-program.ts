/** A whole program as a customer wrote it, long before anybody thought of another server. */
import twilio from "twilio";
import { doCustomerWork } from "./customer-work.ts";

const [from = "", to = ""] = process.argv.slice(2);
const findings = await doCustomerWork(twilio(), { from, to });
process.stdout.write(`${JSON.stringify(findings)}\n`);
