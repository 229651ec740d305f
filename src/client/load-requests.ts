/** `#requests`, but in a bundle for a browser: load-requests-browser.ts. */

import type * as Requests from "./requests.ts";

let loading: Promise<typeof Requests> | undefined;

/** Everything that sends is loaded with the first request, so that importing the client costs little. */
export function requests(): Promise<typeof Requests> {
  return (loading ??= import("./requests.ts"));
}
