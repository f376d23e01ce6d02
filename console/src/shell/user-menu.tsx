import { CircleUserRound, LogOut, Monitor, Moon, Sun } from "lucide-react";
import { Button } from "react-aria-components/Button";
import { useSession } from "../api/index.ts";
import { Menu, SegmentedControl } from "../ui/index.ts";
import { signOut } from "./sign-out.ts";
import { setTheme, useTheme } from "./theme.ts";
import styles from "./user-menu.module.css";

const THEMES = [
  { value: "system" as const, label: <Monitor size={15} aria-hidden="true" />, hint: "Theme of the system" },
  { value: "light" as const, label: <Sun size={15} aria-hidden="true" />, hint: "Light theme" },
  { value: "dark" as const, label: <Moon size={15} aria-hidden="true" />, hint: "Dark theme" },
];

/** Who is signed in, the theme, and the way out. */
export function UserMenu() {
  const { user } = useSession();
  const theme = useTheme();
  const name = user.name ?? user.email ?? "Signed in";
  return (
    <div className={styles.user}>
      <Menu
        label="User"
        trigger={
          <Button className={styles.face ?? ""}>
            <CircleUserRound size={18} aria-hidden="true" />
            <span className={styles.name}>
              {name}
              <small>{user.role}</small>
            </span>
          </Button>
        }
        items={[
          {
            id: "out",
            label: "Sign out",
            icon: <LogOut size={15} aria-hidden="true" />,
            onSelect: () => void signOut(),
          },
        ]}
      />
      <SegmentedControl label="Theme" size="s" options={THEMES} value={theme} onChange={setTheme} />
    </div>
  );
}
