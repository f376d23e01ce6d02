import { Inbox, Puzzle, Send } from "lucide-react";
import { Facts, ICON, type Views } from "./entry-parts.tsx";
import { PduList } from "./pdu-view.tsx";
import type { EntryData } from "./timeline-data.ts";
import { MessageLink } from "./webhook-view.tsx";

/** How it came: from a phone, or from a program. */
export const ARRIVAL_VIEWS: Views<"part" | "arrived" | "accepted"> = {
  part: ({ part, of, pdus = [] }) => ({
    title: `Part ${part} of ${of} arrived`,
    icon: <Puzzle size={ICON} />,
    tone: "info",
    children: pdus.length === 0 ? undefined : <PduList pdus={pdus} />,
  }),
  arrived: (data) => ({
    title: <>Arrived{data.carrier ? ` by ${data.carrier}` : ""}</>,
    icon: <Inbox size={ICON} />,
    tone: "good",
    children: <ArrivedFacts data={data} />,
  }),
  accepted: (data, { kept }) => ({
    title: `Accepted ${DOORS[data.door] ?? ""}`,
    icon: <Send size={ICON} />,
    tone: "info",
    children: <AcceptedFacts data={data} isKept={kept} />,
  }),
};

const DOORS: Readonly<Record<string, string>> = {
  api: "by the API",
  smpp: "from an SMPP client",
  twiml: "as a reply of an app",
  keyword: "as the answer to a keyword",
};

function ArrivedFacts({ data }: { readonly data: EntryData["arrived"] }) {
  return (
    <>
      <Facts
        items={[
          ["Country", data.country],
          ["Segments", `${data.segments} × ${data.encoding}`],
          ["Service", data.messaging_service_sid],
          ["Goes to", data.goes_to?.replace("-", " ")],
          ["Keyword", data.opt_out_type === undefined ? null : data.opt_out_type],
        ]}
      />
      {data.reads_like_stop === true && <p>It reads like a request to stop, in words of its own.</p>}
      {data.automatic_reply_sid !== undefined && data.automatic_reply_sid !== null && (
        <p>
          Answered by itself: <MessageLink sid={data.automatic_reply_sid} />
        </p>
      )}
      {data.pdus !== undefined && data.pdus.length > 0 && <PduList pdus={data.pdus} />}
    </>
  );
}

const CHOICES: Readonly<Record<string, string>> = { request: "named by the request", service: "chosen by the service" };

function AcceptedFacts({ data, isKept }: { readonly data: EntryData["accepted"]; readonly isKept: boolean }) {
  return (
    <Facts
      items={[
        ["Sender", data.sender_chosen_by === null ? null : CHOICES[data.sender_chosen_by]],
        ["Service", data.messaging_service_sid],
        ["Segments", `${data.segments} × ${data.encoding}`],
        ["Lane", data.lane],
        ["Intent", data.intent],
        ["Guarantee", data.delivery_guarantee === "at-most-once" ? null : data.delivery_guarantee],
        ["Short links", data.links === 0 ? null : data.links],
        ["Request", data.request_id ?? (isKept ? null : undefined)],
      ]}
    />
  );
}
