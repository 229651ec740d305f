import { Component, type ReactNode } from "react";
import { ErrorNote } from "./parts.tsx";

interface State {
  readonly error: unknown;
}

/** Shows what a page could not show, in its place: an answer that makes no sense would leave the window empty. */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: unknown): State {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return <ErrorNote error={error} onRetry={() => this.setState({ error: null })} />;
  }
}
