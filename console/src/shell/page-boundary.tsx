import { RefreshCw, TriangleAlert } from "lucide-react";
import { Component, type ReactNode } from "react";
import { Button, Code, Empty } from "../ui/index.ts";

interface Props {
  readonly children: ReactNode;
}

interface State {
  readonly error: Error | undefined;
}

/** Keeps what breaks in a page within it: the navigation goes on. Give it the path as key, so that another page starts afresh. */
export class PageBoundary extends Component<Props, State> {
  override state: State = { error: undefined };

  static getDerivedStateFromError(error: unknown): State {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    // A file of the build before: the program was updated while this page was open.
    const isOutdated = /dynamically imported module|preload CSS/i.test(error.message);
    return (
      <Empty
        title={isOutdated ? "The console was updated" : "This page has broken"}
        icon={<TriangleAlert size={22} />}
        action={
          <Button tone="primary" icon={<RefreshCw size={15} />} onPress={() => location.reload()}>
            Load again
          </Button>
        }
      >
        {isOutdated ? (
          <p>Load it again to get the new one.</p>
        ) : (
          <>
            <p>The rest of the console works. What it says:</p>
            <Code language="Error" wraps>
              {error.message}
            </Code>
          </>
        )}
      </Empty>
    );
  }
}
