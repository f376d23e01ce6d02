import type { HttpResponse, Mount } from "../../platform/http/index.ts";
import { checkOwnMachine } from "./own-machine.ts";

/** A text of 1,600 characters, each of them nine octets of a form, and the other fields of a webhook. */
const MAX_BODY_OCTETS = 65_536;
/** With what stands before it, a reply is still a text that can be sent. */
const MAX_ECHOED_CHARACTERS = 1_500;
const OPENING = "You said: ";

/**
 * An app for whoever has none yet: the webhook of a number may be `POST /simulator/echo`, and each text gets itself
 * for an answer. Takes webhooks signed or not, as it does nothing but answer; from this machine alone.
 */
export function echoMount(): Mount {
  return {
    method: "POST",
    path: "/simulator/echo",
    access: "public",
    run: async ({ request }) => {
      checkOwnMachine(request);
      const form = new URLSearchParams((await request.readBody(MAX_BODY_OCTETS)).toString("utf8"));
      return twiml(echoOf(form.get("Body") ?? ""));
    },
  };
}

/** The document that answers a text. */
export function echoOf(body: string): string {
  // Two numbers that both echo would never be done with each other.
  if (body.startsWith(OPENING)) return "<Response/>";
  const said = body === "" ? "You said nothing." : OPENING + shorten(body);
  return `<Response><Message>${escapeXml(said)}</Message></Response>`;
}

function shorten(text: string): string {
  const characters = Array.from(text);
  if (characters.length <= MAX_ECHOED_CHARACTERS) return text;
  return `${characters.slice(0, MAX_ECHOED_CHARACTERS).join("")} …`;
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;" };
/** What a document cannot hold, not even as a reference (XML 1.0 §2.2). */
// oxlint-disable-next-line no-control-regex
const FORBIDDEN = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Surrogate}/gu;

function escapeXml(text: string): string {
  return text.replace(FORBIDDEN, "\uFFFD").replace(/[&<>\r]/g, (character) => ENTITIES[character] ?? character);
}

function twiml(document: string): HttpResponse {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n${document}\n`;
  return { status: 200, headers: ["Content-Type", "text/xml; charset=utf-8", "Cache-Control", "no-store"], body };
}
