import twilio from "twilio";

/** What a program that uses several products of the official SDK found. */
export interface CustomerFindings {
  readonly accountSid: string;
  readonly messageSid: string;
  readonly finalStatus: string;
  readonly listed: readonly string[];
  readonly errorCode: number;
  readonly isRestException: boolean;
  readonly keySid: string;
  readonly alertPages: boolean;
  readonly tokenRotated: boolean;
}

const POLL_MS = 50;

/** Does a customer's ordinary work with a client, on three hosts of the vendor. Knows nothing about us. */
export async function doCustomerWork(
  client: ReturnType<typeof twilio>,
  numbers: { readonly from: string; readonly to: string },
): Promise<CustomerFindings> {
  const { from, to } = numbers;
  const account = await client.api.v2010.account.fetch();
  const bodies = ["one", "two", "three"];
  let messageSid = "";
  for (const body of bodies) messageSid = (await client.messages.create({ from, to, body })).sid;
  let { status } = await client.messages(messageSid).fetch();
  while (status !== "delivered") {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    ({ status } = await client.messages(messageSid).fetch());
  }
  const listed = (await client.messages.list({ to, pageSize: 2 })).map(({ body }) => body);
  const error: unknown = await client.messages
    .create({ from, to: "+1999", body: "x" })
    .catch((reason: unknown) => reason);
  const isRestException = error instanceof twilio.RestException;
  const key = await client.newKeys.create({ friendlyName: "made by a program" });
  await client.keys(key.sid).remove();
  const alerts = await client.monitor.v1.alerts.list({ pageSize: 1, limit: 2 });
  const { secondaryAuthToken } = await client.accounts.v1.secondaryAuthToken().create();
  await client.accounts.v1.secondaryAuthToken().remove();
  return {
    accountSid: account.sid,
    messageSid,
    finalStatus: status,
    listed,
    errorCode: isRestException ? (error.code ?? 0) : 0,
    isRestException,
    keySid: key.sid,
    alertPages: Array.isArray(alerts),
    tokenRotated: secondaryAuthToken.length > 0,
  };
}
