import { useSession } from "../api/index.ts";
import { pages } from "../pages/index.ts";
import { Drawer } from "../ui/index.ts";
import { NavigationLinks } from "./navigation-links.tsx";
import { AccountPicker, CellPicker } from "./pickers.tsx";
import { UserMenu } from "./user-menu.tsx";
import { navigationOf } from "./visible-pages.ts";

/** The navigation of a narrow screen. */
export default function NavigationDrawer({
  isOpen,
  onClose,
}: {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}) {
  const session = useSession();
  return (
    <Drawer isOpen={isOpen} onClose={onClose} title="Trunkline" side="left">
      <NavigationLinks groups={navigationOf(pages, session)} onFollow={onClose} />
      <CellPicker />
      <AccountPicker />
      <UserMenu />
    </Drawer>
  );
}
