/** Everything that sends, at once: over a network one file costs less than two. */

import * as loaded from "./requests.ts";

export async function requests(): Promise<typeof loaded> {
  return loaded;
}
