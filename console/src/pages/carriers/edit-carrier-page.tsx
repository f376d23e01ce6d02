import { useApi } from "../../api/index.ts";
import { Card, ErrorNote, Link, Page, Skeleton, useParam } from "../../ui/index.ts";
import { CARRIERS, type Carrier } from "./carrier.ts";
import { CarrierEditor } from "./carrier-editor.tsx";

/** Changes a carrier that was added. */
export default function EditCarrierPage() {
  const name = useParam("name");
  const { data, error } = useApi<Carrier>(`${CARRIERS}/${name}`, { account: null });
  return (
    <Page
      title={`Edit ${name}`}
      subtitle="What is under way finishes on the old binds; then it binds anew."
      trail={<Link to={`/carriers/${name}`}>{name}</Link>}
    >
      <ErrorNote error={error} />
      {data === undefined && error === null && <Skeleton lines={8} />}
      {data?.read_only === true && <Card tone="info">It stands in the settings, and is changed there.</Card>}
      {data !== undefined && !data.read_only && <CarrierEditor key={data.revision} carrier={data} />}
    </Page>
  );
}
