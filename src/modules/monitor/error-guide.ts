/** What an error code means to the one who meets it, and what he can do about it. In words of our own. */
export interface ErrorGuide {
  /** Why it happens. */
  readonly explanation: string;
  /** What mends it. */
  readonly fix: string;
}

/** By public code: explanation, fix. One row a code; a code that stands for several things is explained by what they share. */
const ROWS: readonly (readonly [code: number, explanation: string, fix: string])[] = [
  // The API as a whole.
  [
    20001,
    "A parameter is missing, or its value cannot be used. The message of the answer names it.",
    "Look at the request in the inspector, correct the named parameter and send it again.",
  ],
  [
    20002,
    "The request names a friendly name that is too long or cannot be stored.",
    "Shorten the name to 64 characters.",
  ],
  [
    20003,
    "The credentials were not accepted, or the account cannot pay: its balance is used up.",
    "With status 401, check the account SID and the auth token or key. Otherwise add credit to the account.",
  ],
  [20004, "The path exists, but not with this method.", "Use the method that the API reference gives for this path."],
  [
    20005,
    "The account is suspended or closed.",
    "Ask the operator, or use the account's parent to make it active again.",
  ],
  [
    20006,
    "The credentials are valid but may not do this: a restricted key, or somebody else's account.",
    "Use the auth token or a main key of the account that owns the resource.",
  ],
  [20007, "The page size is larger than lists allow.", "Ask for at most 1000 records a page and follow the next page."],
  [
    20009,
    "Something else changed the resource at the same time.",
    "Fetch it again, apply the change to what it is now, and repeat the request.",
  ],
  [
    20404,
    "There is no such resource in this account.",
    "Check the SID and that the credentials belong to the account that has it.",
  ],
  [
    20409,
    "The Idempotency-Key was used before, for another request or one whose answer is not kept.",
    "Use a new key for a new request. To learn what became of the first one, list the resources.",
  ],
  [
    20413,
    "The body of the request is longer than this path reads.",
    "Send less at once, for example in several requests.",
  ],
  [20422, "The request is well formed and contradicts itself.", "Correct what the message of the answer names."],
  [
    20429,
    "More requests came than the account or the server takes at the moment.",
    "Wait as long as Retry-After says and send the request again; spread bursts over time.",
  ],
  [
    20500,
    "The server met a state that it did not expect. It wrote down what happened.",
    "Repeat the request with the same Idempotency-Key. If it stays, give the request's id to the operator.",
  ],
  [20502, "The cell of the account broke off its answer.", "Repeat the request with the same Idempotency-Key."],
  [
    20503,
    "The cell of the account cannot take work at the moment: it starts, drains, or cannot write its log.",
    "Repeat the request a little later. The status of the cells says which one is affected.",
  ],
  [20504, "The cell of the account did not answer in time.", "Repeat the request with the same Idempotency-Key."],
  // Webhooks.
  [
    11200,
    "Your server was reached and answered with a status other than success, or the URL may not be asked.",
    "Open the failed webhook, read the body of the answer, mend the handler, then replay the webhook.",
  ],
  [
    11203,
    "The whole exchange with your server took longer than the 15 seconds that a webhook may take.",
    "Answer at once and do slow work afterwards, or raise the time with the fragment #tt= of the URL.",
  ],
  [
    11205,
    "No connection to your server could be made, or it was closed before an answer came. After many failures the host is left alone for a while.",
    "Check that the server runs and that its address and port are open to this installation.",
  ],
  [
    11206,
    "Something answered on that port, and it was not HTTP.",
    "Check scheme and port of the URL: https on a port that speaks plain http is a common cause.",
  ],
  [
    11210,
    "The host name of the URL has no address, or the name servers did not answer.",
    "Check the name for typing errors and that its DNS record is public.",
  ],
  [
    11215,
    "The answer redirected again and again.",
    "Point the webhook straight at the final URL, and look for a redirect that leads to itself.",
  ],
  [
    11220,
    "The TLS handshake failed: protocol version, ciphers, or a certificate that cannot be used.",
    "Test the host with openssl s_client; serve TLS 1.2 or newer with a complete chain.",
  ],
  [
    11235,
    "The certificate of your server is for another host name.",
    "Give the server a certificate with the name that the URL has.",
  ],
  [
    11237,
    "Nobody who is trusted here has signed the certificate of your server.",
    "Use a certificate of a public authority and send the intermediate certificates, too.",
  ],
  [
    11240,
    "The fragment of the URL names an edge in a form that cannot be read.",
    "Write e= with names such as ashburn.",
  ],
  [
    11241,
    "The fragment of the URL names an edge that does not exist.",
    "Leave out e=; there is one way out of this server.",
  ],
  [
    11243,
    "The retry policy in the fragment of the URL has a word that is not known.",
    "Use rp= with any of 4xx, 5xx, ct, rt or all, separated by commas.",
  ],
  [
    11750,
    "The answer of your server is longer than the 64 KiB that TwiML may have.",
    "Send less: TwiML alone, no page.",
  ],
  [
    12100,
    "The answer to the webhook is no well-formed XML, so that nothing of it was carried out.",
    "Look at the body in the inspector. An error page, an unescaped & or text before the XML are usual causes.",
  ],
  [12101, "The XML declaration names a version that does not exist.", 'Begin the document with <?xml version="1.0"?>.'],
  [12102, "TwiML has to have Response as its outermost element.", "Put the verbs into <Response> … </Response>."],
  [
    12200,
    "The TwiML has an element or attribute that is not known. It was ignored, the rest was carried out.",
    "Check the spelling: names are case-sensitive, <Message> is right and <message> is not.",
  ],
  [
    12300,
    "The Content-Type of the answer is none that is read as TwiML or as a plain reply.",
    "Answer with text/xml for TwiML, or text/plain for a reply as it stands.",
  ],
  [14101, "A reply in the TwiML goes to something that is no number that can be texted.", "Give `to` in E.164."],
  [
    14102,
    "A reply in the TwiML has a sender that is no usable number.",
    "Leave out `from` to answer from the number texted.",
  ],
  [14103, "A reply has neither text nor media, or more than 1600 characters.", "Put 1 to 1600 characters into <Body>."],
  [14104, "An attribute `method` is neither GET nor POST.", "Use POST, or leave it out."],
  [
    14105,
    "The status callback of a reply is no valid http or https URL.",
    "Give an absolute URL, or a path of your server.",
  ],
  [
    14106,
    "Handling one text asked for too many documents one after the other.",
    "Look for <Redirect> elements that lead back to where they came from.",
  ],
  [
    14107,
    "Replies go to one recipient faster than is allowed: two programs may be answering each other.",
    "Do not answer automatic answers, and answer each text once.",
  ],
  [14108, "The sender of a reply cannot send texts.", "Answer from a number of the account that can send messages."],
  [
    14109,
    "One answer asked for more than ten replies; the first ten were sent.",
    "Send further texts through the API.",
  ],
  [14110, "The TwiML has a verb for calls, which does nothing for a text.", "Use Message and Redirect alone."],
  // What the API says of a message.
  [
    21211,
    "The recipient is no phone number that exists.",
    "Write it in E.164: a plus, the country code and the number, such as +14155550100.",
  ],
  [21212, "The sender is no phone number, short code or sender ID.", "Use one of the account's numbers, in E.164."],
  [21218, "The application is not one of this account.", "Check the ApplicationSid, or give StatusCallback instead."],
  [21266, "Sender and recipient are the same number.", "Send to another number; a number does not text itself."],
  [
    21408,
    "This account may not send to the country or the range of numbers of the recipient.",
    "Allow the country in the account's geographic permissions, if you mean to send there.",
  ],
  [21602, "A message needs a text or media.", "Give Body or MediaUrl."],
  [21603, "Nothing says who sends the message.", "Give From, or a MessagingServiceSid that chooses a sender."],
  [21604, "Nothing says who gets the message.", "Give To in E.164."],
  [
    21606,
    "The sender is not a number of this account that can send messages.",
    "Use a number that the account owns, and check that it can do SMS.",
  ],
  [
    21609,
    "The StatusCallback is no valid http or https URL.",
    "Give an absolute URL that is reachable from this server.",
  ],
  [
    21610,
    "The recipient has opted out of messages from this sender or service, usually by texting STOP.",
    "Do not send to him. He can opt in again by texting START to the same number.",
  ],
  [
    21611,
    "So many messages wait for this sender that another one would not go out in time.",
    "Send slower, use a Messaging Service with more senders, or raise ValidityPeriod.",
  ],
  [
    21612,
    "No carrier of this server takes messages from this sender to that recipient, or there is no price for it.",
    "Ask how it would be routed; the operator can add a route, a carrier or a price for the destination.",
  ],
  [21617, "The text has more than 1600 characters.", "Split it into several messages, or send a link."],
  [
    21618,
    "Marketing to this country has to tell the recipient how to stop it.",
    "Add a sentence such as: Reply STOP to unsubscribe.",
  ],
  [
    21620,
    "A MediaUrl is no valid http or https URL.",
    "Give absolute URLs of files that can be fetched without signing in.",
  ],
  [21621, "The sender cannot send media.", "Use a number with MMS, or send the link in the text."],
  [21623, "A message can have at most ten media.", "Attach fewer, or send several messages."],
  [21624, "ValidityPeriod is out of its range.", "Give 1 to 36000 seconds."],
  [21627, "MaxPrice is no number that makes sense.", "Give a positive number in the account's currency, such as 0.05."],
  [
    21650,
    "The text of a message can be replaced only while no carrier was given it.",
    "Send another message; what a carrier has cannot be taken back.",
  ],
  [
    21657,
    "The alphanumeric sender ID cannot be used: its characters, or the country of the recipient.",
    "Use 1 to 11 letters and digits with at least one letter, and check the rules of the country.",
  ],
  [21659, "The short code is not one of the recipient's country.", "Use a sender that works in that country."],
  [21701, "The Messaging Service does not exist in this account.", "Check the MessagingServiceSid."],
  [
    21703,
    "No sender in the pool of the service can reach the recipient.",
    "Add a sender to the pool that can send to that country, or turn on the fallback to long codes.",
  ],
  [21704, "The pool of the Messaging Service has no senders.", "Add a number, short code or sender ID to its pool."],
  [21711, "The From number is not in the pool of the service.", "Leave out From, or add the number to the pool."],
  [
    21900,
    "India's registries know messages by an entity id, and none is on record for this sender.",
    "Register the sender's principal entity id, or give DltEntityId with the message.",
  ],
  [
    21901,
    "The text matches none of the templates that are registered for this sender in India.",
    "Send a text that fits a registered template, or register the template.",
  ],
  // How messages end.
  [
    30001,
    "More waited for a client of ours than is kept: its binds did not take receipts and texts fast enough.",
    "Keep the client's binds open and answer deliver_sm at once.",
  ],
  [
    30002,
    "The account was suspended after the message was accepted and before it could be sent.",
    "Find out why the account was suspended, and send the message again when it is active.",
  ],
  [
    30003,
    "The handset could not be reached: switched off, without network, or full.",
    "Try again later. If it is so for weeks, take the number off your list.",
  ],
  [
    30004,
    "The recipient or his network blocks messages such as this one.",
    "Do not repeat it. Ask the recipient by another way whether he wants your messages.",
  ],
  [
    30005,
    "The carrier knows no such number: it was never given out, or is not any more.",
    "Take the number off your list.",
  ],
  [
    30006,
    "The number is a landline or of a network that takes no texts.",
    "Use a mobile number, or call instead. A look-up of the line type avoids this.",
  ],
  [
    30007,
    "The message was filtered: by a rule here that found spam, a banned word or a public link shortener, or by the carrier.",
    "Look at which rule spoke in the timeline. Say who you are, leave out public shorteners, and send only to those who asked for it.",
  ],
  [
    30008,
    "Nobody can say whether the message arrived: the carrier gave no answer, or one without a reason.",
    "Look at the attempts in the timeline. If one carrier does so often, the operator should ask it, or route around it.",
  ],
  [
    30009,
    "Not all parts of a long text arrived within the time they are waited for. What came was delivered.",
    "Nothing is wrong here if it is rare; the sender's network lost a part. Ask him to send it again.",
  ],
  [
    30010,
    "The message would have cost more than its MaxPrice.",
    "Raise MaxPrice, or shorten the text: the price counts every segment.",
  ],
  [30017, "The network of the recipient's carrier is congested.", "Send again later, and slower."],
  [
    30018,
    "The country or the carrier takes only senders that were registered there before.",
    "Register the sender ID for that country, or use a number.",
  ],
  [
    30019,
    "A medium could not be fetched, is too large, or is of a type that is not allowed.",
    "Check that the URL answers without signing in, with the right Content-Type and at most 5 MB.",
  ],
  [30022, "The message exceeds the rate of its US campaign.", "Send slower, or ask for a campaign with a higher rate."],
  [
    30023,
    "The daily limit of the brand or sender is used up for longer than the message may wait.",
    "Send on another day, raise ValidityPeriod, or have the brand vetted for a higher limit.",
  ],
  [
    30024,
    "The carrier does not accept this numeric sender.",
    "Use a sender that the carrier knows, such as a number of that country.",
  ],
  [
    30027,
    "The daily limit of the brand with this US carrier is used up.",
    "Go on tomorrow, or raise the brand's trust score.",
  ],
  [
    30032,
    "The toll-free number is not verified, so that US carriers block it.",
    "Send in the toll-free verification, and correct it where it was rejected.",
  ],
  [
    30033,
    "The US campaign of the sender is suspended.",
    "Read why in the campaign's status, and appeal or register anew.",
  ],
  [
    30034,
    "The sender is a US number that belongs to no registered campaign.",
    "Register a brand and a campaign, and put the number into the campaign's Messaging Service.",
  ],
  [30035, "The registration of the US number is not complete yet.", "Wait until it is; that takes up to some days."],
  [
    30036,
    "The validity of the message ended before a carrier took it.",
    "Look at what it waited for in the timeline: the sender's rate, a carrier that was down, or quiet hours. Raise ValidityPeriod if later is still good.",
  ],
  [
    30101,
    "The link domain is not verified.",
    "Put the DNS record in place that the domain's page shows, and verify it.",
  ],
  [30102, "The certificate of the link domain has expired.", "Upload a new one, or let one be obtained."],
  [
    30106,
    "The account has no domain for short links.",
    "Add one and connect it with the Messaging Service, or leave out ShortenUrls.",
  ],
  [30107, "The link domain has no certificate.", "Upload one, or let one be obtained."],
  [30109, "The CallbackUrl of the link domain is not valid.", "Give an absolute http or https URL."],
  [30110, "The link domain is blocked.", "Ask the operator why, and use another domain meanwhile."],
  [30111, "A link leads to a host that is blocked.", "Take the link out of the text."],
  [30122, "The FallbackUrl of the link domain is not valid.", "Give an absolute http or https URL."],
  [
    30124,
    "ShortenUrls works with a Messaging Service only, because the domain belongs to it.",
    "Give MessagingServiceSid.",
  ],
  [30127, "The Messaging Service is not one of this account.", "Check its SID."],
  [30130, "The Messaging Service belongs to another link domain.", "Take it away there first."],
  [
    30450,
    "The message is blocked by the protection against fraud.",
    "Check whether somebody abuses your form to send texts.",
  ],
  [
    30610,
    "Marketing was refused because it is night or a quiet day where the recipient lives.",
    "Send at the time that the message names, or set quiet hours to hold so that messages wait by themselves.",
  ],
  [
    30640,
    "The recipient is on a do-not-call list.",
    "Do not send marketing to him. What he asked for himself goes with another intent.",
  ],
  [30649, "Countries with much fraud cannot be allowed through the API.", "Ask the operator to allow the country."],
  [35111, "A scheduled message has no time.", "Give SendAt."],
  [35114, "SendAt is too near, too far, or no time.", "Give ISO 8601 in UTC, 5 minutes to 35 days from now."],
  [35118, "Only a Messaging Service can send at a later time.", "Give MessagingServiceSid."],
  [35126, "ScheduleType is not fixed, or is missing beside SendAt.", "Give ScheduleType=fixed with SendAt."],
];

const GUIDES: ReadonlyMap<number, ErrorGuide> = new Map(
  ROWS.map(([code, explanation, fix]) => [code, { explanation, fix }]),
);

/** What a code means and what can be done; `undefined` for one that nothing is written about. */
export function guideOf(code: number): ErrorGuide | undefined {
  return GUIDES.get(code);
}

/** All codes that something is written about. */
export const GUIDED_CODES: readonly number[] = [...GUIDES.keys()];
