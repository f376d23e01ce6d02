import { Badge, Link } from "../../ui/index.ts";
import { inboundOf, type Webhooks } from "./number.ts";
import styles from "./numbers.module.css";
import type { ServiceOfNumber } from "./use-number-services.ts";

/** Who is told of texts to a number. */
export function InboundCell({
  number,
  service,
}: {
  readonly number: Webhooks;
  readonly service: ServiceOfNumber | undefined;
}) {
  const inbound = inboundOf(number, service);
  if (inbound === "service" && service !== undefined) return <Link to={`/services/${service.sid}`}>its service</Link>;
  if (inbound === "application") return <span className={styles.url}>{number.sms_application_sid}</span>;
  if (inbound === "webhook") return <span className={styles.url}>{number.sms_url}</span>;
  return <Badge tone="warn">nobody</Badge>;
}
