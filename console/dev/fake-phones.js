// What the fake back end knows: simulated phones, the account's numbers and messages, and an app that answers.
const REPLY_MS = 350;

/** Phones, numbers, messages and webhooks in memory. */
export class FakePhones {
  constructor(account) {
    this.account = account;
    this.phones = new Map();
    this.messages = [];
    this.webhooks = [];
    this.watchers = new Set();
    this.lastId = 0;
    this.numbers = ["+15005550100", "+15005550101", "+18335550102"].map((phone, index) => ({
      sid: `PN${String(index).padStart(32, "0")}`,
      phone_number: phone,
      friendly_name: phone,
      sms_url: index === 0 && process.env.EMPTY === undefined ? "http://127.0.0.1:3000/sms" : "",
      sms_method: "POST",
      capabilities: { sms: true, mms: true, voice: true },
    }));
    if (process.env.EMPTY === undefined) this.seed();
  }

  seed() {
    const now = Date.now();
    const say = (phone, ago, fields) => this.put(phone, { timeMs: now - ago * 1000, ...fields });
    say("+351912345678", 7_400, {
      direction: "received",
      from: "+15005550101",
      to: "+351912345678",
      body: "A sua encomenda já saiu. Chega amanhã até às 18 h.",
      encoding: "UCS-2",
    });
    say("+447700900123", 5_300, {
      direction: "received",
      from: "+15005550101",
      to: "+447700900123",
      body: "Your code is 482 913",
    });
    say("+447700900123", 5_200, {
      direction: "sent",
      from: "+447700900123",
      to: "+15005550101",
      body: "STOP",
      state: "taken",
    });
    const phone = "+15551234567";
    say(phone, 610, { direction: "received", from: "+15005550100", to: phone, body: "Hello from Trunkline" });
    say(phone, 580, { direction: "sent", from: phone, to: "+15005550100", body: "Are you there?", state: "taken" });
    say(phone, 579, { direction: "received", from: "+15005550100", to: phone, body: "You said: Are you there?" });
    say(phone, 60, {
      direction: "received",
      from: "+15005550100",
      to: phone,
      body: "Tomorrow 9:30 – “Dr. Ngozi” is looking forward to seeing you ☀️ Please bring your card, and come ten minutes early.",
      encoding: "UCS-2",
      parts: 2,
    });
    this.log({
      to: phone,
      from: "+15005550100",
      body: "Win a prize now, click here!",
      status: "failed",
      error_code: 30007,
      direction: "outbound-api",
      ago: 300,
    });
    this.log({
      to: phone,
      from: "+15005550100",
      body: "Hello from Trunkline",
      status: "delivered",
      direction: "outbound-api",
      ago: 610,
    });
    this.log({
      to: "+15005550100",
      from: phone,
      body: "Are you there?",
      status: "received",
      direction: "inbound",
      ago: 580,
    });
  }

  log({ ago = 0, ...fields }) {
    const sid = `SM${String(this.messages.length + 1).padStart(32, "0")}`;
    const message = {
      sid,
      num_segments: "1",
      error_code: null,
      error_message: fields.error_code ? "Message filtered" : null,
      date_created: new Date(Date.now() - ago * 1000).toUTCString(),
      ...fields,
    };
    this.messages.unshift(message);
    return message;
  }

  put(phone, { parts = 1, state = "DELIVERED", ...fields }) {
    const id = String(++this.lastId);
    const message = {
      id,
      timeMs: Date.now(),
      encoding: "GSM-7",
      concatenation: parts > 1 ? "udh" : "none",
      parts: Array.from({ length: parts }, (_, at) => ({ id: `${id}${at}`, sequence: at + 1, octets: 134 })),
      state,
      ...fields,
    };
    const all = this.phones.get(phone) ?? [];
    this.phones.delete(phone);
    this.phones.set(phone, [...all, message]);
    this.tell("phones", { type: "message", phone, message });
    return message;
  }

  tell(topic, item) {
    for (const watcher of this.watchers) if (watcher.topic === topic) watcher.send([item]);
  }

  watch(topic, _query, send) {
    const watcher = { topic, send };
    this.watchers.add(watcher);
    setTimeout(() => send([]), 20);
    return () => this.watchers.delete(watcher);
  }

  answer(method, path, { query, body }) {
    const phone = /^\/simulator\/phones\/([^/]+)\/messages$/.exec(path)?.[1];
    if (path === "/simulator/phones") return { body: { phones: this.list() } };
    if (phone !== undefined) return this.thread(method, decodeURIComponent(phone), body);
    if (path.endsWith("/IncomingPhoneNumbers.json"))
      return { body: { incoming_phone_numbers: this.numbers, next_page_uri: null } };
    const sid = /IncomingPhoneNumbers\/(PN\d+)\.json$/.exec(path)?.[1];
    if (sid !== undefined) return this.setWebhook(sid, new URLSearchParams(body));
    if (path.endsWith("/Messages.json"))
      return method === "POST" ? this.send(new URLSearchParams(body)) : this.found(query);
    const webhook = /\/Webhooks\/(WH\d+)$/.exec(path)?.[1];
    if (webhook !== undefined) return { body: this.webhooks.find((one) => one.sid === webhook) };
    if (path.endsWith("/Webhooks"))
      return { body: { webhooks: this.webhooks, meta: { key: "webhooks", next_page_url: null } } };
    if (path.endsWith("/Cells"))
      return {
        body: {
          cells: ["messaging-1", "messaging-2"].map((name) => ({ name, type: "messaging", region: "eu" })),
          meta: { key: "cells", next_page_url: null },
        },
      };
    return undefined;
  }

  list() {
    return [...this.phones]
      .reverse()
      .map(([number, all]) => ({ number, messageCount: all.length, lastMessage: all.at(-1) }));
  }

  thread(method, phone, body) {
    if (method === "GET") return { body: { messages: this.phones.get(phone) ?? [] } };
    const { to, body: text } = JSON.parse(body);
    const message = this.put(phone, { direction: "sent", from: phone, to, body: text, state: "taken" });
    this.log({ to, from: phone, body: text, status: "received", direction: "inbound" });
    const url = this.numbers.find((number) => number.phone_number === to)?.sms_url;
    if (url) setTimeout(() => this.reply({ phone, to, text, url }), REPLY_MS);
    return { body: message };
  }

  reply({ phone, to, text, url }) {
    const reply = `You said: ${text}`;
    const webhook = {
      sid: `WH${String(++this.lastId).padStart(32, "0")}`,
      resource_sid: this.messages.find((one) => one.direction === "inbound" && one.body === text).sid,
      purpose: "message.inbound",
      method: "POST",
      url,
      delivered: true,
      status: 200,
      error_text: null,
      duration_ms: 23,
      date_ended: new Date().toISOString(),
      tries: [
        { error_text: null, response: { status: 200, body: `<Response><Message>${reply}</Message></Response>` } },
      ],
    };
    this.webhooks.unshift(webhook);
    this.tell("webhooks", webhook);
    setTimeout(() => {
      this.log({ to: phone, from: to, body: reply, status: "delivered", direction: "outbound-reply" });
      this.put(phone, { direction: "received", from: to, to: phone, body: reply });
    }, 60);
  }

  setWebhook(sid, fields) {
    const number = this.numbers.find((one) => one.sid === sid);
    number.sms_url = fields.get("SmsUrl");
    return { body: number };
  }

  send(fields) {
    const [to, from, body] = ["To", "From", "Body"].map((name) => fields.get(name));
    const isBad = to.endsWith("9990001");
    const message = this.log({
      to,
      from,
      body,
      status: isBad ? "undelivered" : "delivered",
      error_code: isBad ? 30003 : null,
      direction: "outbound-api",
    });
    setTimeout(
      () => this.put(to, { direction: "received", from, to, body, state: isBad ? "UNDELIVERABLE" : "DELIVERED" }),
      120,
    );
    return { status: 201, body: { ...message, status: "queued" } };
  }

  found(query) {
    const [to, from] = [query.get("To"), query.get("From")];
    const messages = this.messages.filter(
      (one) => (to === null || one.to === to) && (from === null || one.from === from),
    );
    return { body: { messages, next_page_uri: null } };
  }
}
