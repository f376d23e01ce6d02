import { createRootRoute, createRoute, createRouter } from "@tanstack/react-router";
import { FileQuestion, Lock } from "lucide-react";
import { type FunctionComponent, lazy, useEffect } from "react";
import { useSession } from "../api/index.ts";
import type { PageDefinition } from "../pages/define-page.ts";
import { pages } from "../pages/index.ts";
import { Empty, go, hrefOf, LinkButton, Page, setNavigator } from "../ui/index.ts";
import { Frame } from "./frame.tsx";
import { homeOf, mayOpen } from "./visible-pages.ts";

const root = createRootRoute({ component: Frame, notFoundComponent: NotFound });

/** A page behind its permission. */
function guarded(page: PageDefinition): FunctionComponent {
  const Content = lazy(page.load);
  return function Guarded() {
    return mayOpen(page, useSession()) ? <Content /> : <NotAllowed page={page} />;
  };
}

const routes = pages.map((page) =>
  createRoute({ getParentRoute: () => root, path: page.path, component: guarded(page) }),
);

const home = createRoute({ getParentRoute: () => root, path: "/", component: Home });

/** The router. The query of an address stays text: pages read it as they like. */
export const router = createRouter({
  routeTree: root.addChildren(pages.some(({ path }) => path === "/") ? routes : [...routes, home]),
  basepath: "/console",
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const text = new URLSearchParams(search as Record<string, string>).toString();
    return text === "" ? "" : `?${text}`;
  },
  scrollRestoration: false,
});

setNavigator({
  go: (to, { replaces }) => {
    if (replaces === true) router.history.replace(hrefOf(to));
    else router.history.push(hrefOf(to));
  },
});

function Home() {
  const session = useSession();
  const path = homeOf(pages, session);
  useEffect(() => {
    if (path !== undefined && path !== "/") go(path, { replaces: true });
  }, [path]);
  return path === undefined ? (
    <Page title="Welcome">
      <Empty title="There is nothing for your role here">Ask an owner of the account for another role.</Empty>
    </Page>
  ) : null;
}

function NotFound() {
  return (
    <Page title="No such page">
      <Empty
        title="Nothing is at this address"
        icon={<FileQuestion size={22} />}
        action={<LinkButton to="/">To the start</LinkButton>}
      >
        It may have moved, or the link is not whole.
      </Empty>
    </Page>
  );
}

function NotAllowed({ page }: { readonly page: PageDefinition }) {
  const { user } = useSession();
  return (
    <Page title={page.title}>
      <Empty
        title="Your role does not see this"
        icon={<Lock size={22} />}
        action={<LinkButton to="/">To the start</LinkButton>}
      >
        {page.permission === undefined
          ? "It is not there on this system, or only for its operators."
          : `You are signed in as ${user.role}; this page needs the permission ${page.permission}.`}
      </Empty>
    </Page>
  );
}
