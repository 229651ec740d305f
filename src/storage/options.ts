/** Options of backends: that each is known, and where its value comes from. */

import { ImproperlyConfigured } from "./errors.ts";

/**
 * Checks that every option is known: whoever does not compile has no types to help.
 *
 * @throws ImproperlyConfigured that names the option and those there are.
 */
export function checkOptions(backend: string, options: object, known: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    throw new ImproperlyConfigured(
      `${backend}() has no option ${JSON.stringify(name)}. Its options are ${known.join(", ")}.`,
    );
  }
}
