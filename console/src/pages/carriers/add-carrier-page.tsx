import { Link, Page } from "../../ui/index.ts";
import { CarrierEditor } from "./carrier-editor.tsx";

/** A new carrier. */
export default function AddCarrierPage() {
  return (
    <Page
      title="Add a carrier"
      subtitle="It takes messages as soon as it is bound. Test it first: that takes no traffic."
      trail={<Link to="/carriers">Carriers</Link>}
    >
      <CarrierEditor />
    </Page>
  );
}
