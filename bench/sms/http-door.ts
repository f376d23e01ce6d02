import { Buffer } from "node:buffer";
import { SENDER, bodyOf, destinationOf } from "./addresses.ts";
import type { Callbacks, HttpDoor } from "./door.ts";

/**
 * What Kannel is asked to tell: 1 and 2 are the end, 8 and 16 that the carrier took or refused it, 4 that it waits
 * (Kannel user guide, "Delivery reports").
 */
const KANNEL_MASKS: Readonly<Record<Callbacks, number>> = { none: 0, final: 3, two: 27, all: 31 };

/** Writes the request that sends a message, with its callback going to the sink on `sinkPort`. */
export function requestWriter(door: HttpDoor, sinkPort: number): (number: number) => string {
  return door.kind === "trunkline" ? trunklineRequest(door, sinkPort) : kannelRequest(door, sinkPort);
}

function trunklineRequest(door: HttpDoor & { kind: "trunkline" }, sinkPort: number): (number: number) => string {
  const credentials = Buffer.from(`${door.accountSid}:${door.authToken}`).toString("base64");
  const head =
    `POST /2010-04-01/Accounts/${door.accountSid}/Messages.json HTTP/1.1\r\n` +
    `Host: 127.0.0.1:${door.port}\r\nAuthorization: Basic ${credentials}\r\n` +
    "User-Agent: trunkline-bench\r\nAccept: application/json\r\n" +
    "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ";
  const callback =
    door.callbacks === "none" ? "" : `&StatusCallback=${encodeURIComponent(`http://127.0.0.1:${sinkPort}/status`)}`;
  const from = encodeURIComponent(SENDER);
  return (number) => {
    const form = `To=%2B${destinationOf(number)}&From=${from}&Body=${encodeURIComponent(bodyOf(number))}${callback}`;
    return `${head}${form.length}\r\n\r\n${form}`;
  };
}

function kannelRequest(door: HttpDoor, sinkPort: number): (number: number) => string {
  const head = `GET /cgi-bin/sendsms?username=test&password=test&from=${encodeURIComponent(SENDER)}`;
  const mask = KANNEL_MASKS[door.callbacks];
  return (number) => {
    const url = encodeURIComponent(`http://127.0.0.1:${sinkPort}/dlr?number=${number}&status=%d`);
    const callback = mask === 0 ? "" : `&dlr-mask=${mask}&dlr-url=${url}`;
    return (
      `${head}&to=%2B${destinationOf(number)}&text=${encodeURIComponent(bodyOf(number))}${callback} HTTP/1.1\r\n` +
      `Host: 127.0.0.1:${door.port}\r\nUser-Agent: trunkline-bench\r\n\r\n`
    );
  };
}
