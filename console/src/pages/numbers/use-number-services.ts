import { useQuery } from "@tanstack/react-query";
import { api, type ApiError, useCan, useSession } from "../../api/index.ts";

/** The Messaging Service that a number belongs to. */
export interface ServiceOfNumber {
  readonly sid: string;
  readonly name: string;
  readonly leavesToNumber: boolean;
  readonly hasUrl: boolean;
}

interface ServiceItem {
  readonly sid: string;
  readonly friendly_name: string;
  readonly inbound_request_url: string | null;
  readonly use_inbound_webhook_on_number: boolean;
}

/** An account has no list of which number is in which service: each service is asked, at most so many. */
const MAX_SERVICES = 50;
const STALE_MS = 60_000;

/** Which service has which number, by the SID of the number or short code. */
export function useNumberServices(): ReadonlyMap<string, ServiceOfNumber> {
  const { accountSid } = useSession();
  const canRead = useCan("services.read");
  const asked = useQuery<ReadonlyMap<string, ServiceOfNumber>, ApiError>({
    queryKey: ["/v1/Services", "numbers of all services", accountSid],
    queryFn: readMembers,
    enabled: canRead,
    staleTime: STALE_MS,
  });
  return asked.data ?? NONE;
}

const NONE: ReadonlyMap<string, ServiceOfNumber> = new Map();

async function readMembers(): Promise<ReadonlyMap<string, ServiceOfNumber>> {
  const product = "messaging";
  const { services } = await api.get<{ services: readonly ServiceItem[] }>("/v1/Services", {
    product,
    query: { PageSize: MAX_SERVICES },
  });
  const members = new Map<string, ServiceOfNumber>();
  await Promise.all(
    services.map(async (service) => {
      const path = `/v1/Services/${service.sid}`;
      const query = { PageSize: 1_000 };
      const [numbers, codes] = await Promise.all([
        api.get<{ phone_numbers: readonly { sid: string }[] }>(`${path}/PhoneNumbers`, { product, query }),
        api.get<{ short_codes: readonly { sid: string }[] }>(`${path}/ShortCodes`, { product, query }),
      ]);
      const value: ServiceOfNumber = {
        sid: service.sid,
        name: service.friendly_name,
        leavesToNumber: service.use_inbound_webhook_on_number,
        hasUrl: (service.inbound_request_url ?? "") !== "",
      };
      for (const { sid } of [...numbers.phone_numbers, ...codes.short_codes]) members.set(sid, value);
    }),
  );
  return members;
}
