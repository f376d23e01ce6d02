import { Badge, classes, Money } from "../../ui/index.ts";
import styles from "./route.module.css";
import type { RouteExplanation } from "./timeline-data.ts";

/** Why a carrier was chosen: all that could have taken the message, in their order, and what counted. */
export function RouteView({ route, chosen }: { readonly route: RouteExplanation; readonly chosen: string }) {
  const places = new Map(route.ranking.map((carrier, at) => [carrier, at + 1]));
  const candidates = route.candidates.toSorted(
    (a, b) => (places.get(a.carrier) ?? Infinity) - (places.get(b.carrier) ?? Infinity),
  );
  return (
    <div className={styles.route}>
      <div className={styles.scroller} tabIndex={0} role="region" aria-label="Carriers that could take it">
        <table className={styles.table}>
          <caption>
            {route.country ?? "–"}
            {route.network === null ? "" : `, network ${route.network}`}
            {route.ported ? " (known of the number itself)" : ""} · table {route.table_version} · health{" "}
            {route.health_version}
          </caption>
          <thead>
            <tr>
              <th scope="col">#</th>
              <th scope="col">Carrier</th>
              <th scope="col">Destination</th>
              <th scope="col">Health</th>
              <th scope="col" className={styles.end}>
                Priority
              </th>
              <th scope="col" className={styles.end}>
                Price
              </th>
              <th scope="col" className={styles.end}>
                Score
              </th>
              <th scope="col">Points for</th>
            </tr>
          </thead>
          <tbody>
            {candidates.map((one, index) => (
              <tr key={index} className={classes(one.carrier === chosen && styles.chosen)}>
                <td>{places.get(one.carrier) ?? "–"}</td>
                <th scope="row">
                  {one.carrier} {one.carrier === chosen && <Badge tone="info">taken</Badge>}
                  {one.excluded && <Badge tone="warn">had refused it</Badge>}
                </th>
                <td>{one.destination}</td>
                <td>
                  <Badge tone={one.usable ? "good" : "bad"}>
                    {one.usable ? "usable" : (one.reason ?? "not usable")}
                  </Badge>
                </td>
                <td className={styles.end}>{one.priority}</td>
                <td className={styles.end}>
                  <Money micros={one.price_micros} currency={one.currency} />
                </td>
                <td className={styles.end}>{one.score}</td>
                <td className={styles.terms}>{termsOf(one.terms)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className={styles.soft}>
        {route.order.length === 0
          ? "The score decides."
          : `Compared by ${route.order.join(", then ")}, then by the score.`}
        {route.left_out.length > 0 &&
          ` Left out: ${route.left_out.map(({ carrier, why }) => `${carrier} (${why})`).join(", ")}.`}
      </p>
    </div>
  );
}

function termsOf(terms: RouteExplanation["candidates"][number]["terms"]): string {
  if (terms.length === 0) return "–";
  return terms.map(({ input, points }) => `${input} ${points}`).join(", ");
}
