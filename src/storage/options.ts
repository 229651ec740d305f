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

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where an option may come from, and what its text means there. Default: the text itself. */
export interface OptionRow {
  /** Variables of the environment; the first that is set counts. */
  readonly env?: readonly string[];
  /** A kind, the values that there are, or a function that throws for what is none. */
  readonly is?: "boolean" | "number" | readonly string[] | ((text: string) => unknown);
}

export type OptionRows<Options> = { readonly [Name in keyof Options]-?: OptionRow };

/**
 * The values of options: of those given, else of the class, else of the environment.
 *
 * @returns Beside the values, which of them are not from the environment.
 * @throws ImproperlyConfigured for an option that there is not, and a variable that cannot be read.
 */
export function resolveOptions<Options extends object>(
  backend: string,
  rows: OptionRows<Options>,
  sources: { readonly options: Options; readonly defaults: Options; readonly env: Environment },
): { readonly values: Options; readonly given: ReadonlySet<keyof Options> } {
  const { options, defaults, env } = sources;
  const names = Object.keys(rows) as (keyof Options & string)[];
  checkOptions(backend, options, names);
  checkOptions(backend, defaults, names);
  const values: Partial<Options> = {};
  const given = new Set<keyof Options>();
  for (const name of names) {
    const value = options[name] === undefined ? defaults[name] : options[name];
    if (value !== undefined) {
      values[name] = value;
      given.add(name);
      continue;
    }
    const variable = rows[name].env?.find((one) => Boolean(env[one]));
    if (variable !== undefined)
      values[name] = parse(variable, env[variable]!, rows[name].is) as Options[typeof name];
  }
  return { values: values as Options, given };
}

function parse(variable: string, text: string, is: OptionRow["is"]): unknown {
  const refuse = (wanted: string, cause?: unknown): never => {
    throw new ImproperlyConfigured(`${variable} is ${JSON.stringify(text)}; it must be ${wanted}.`, {
      cause,
    });
  };
  if (is === undefined) return text;
  if (is === "boolean") {
    if (/^(true|yes|on|1)$/i.test(text)) return true;
    return /^(false|no|off|0)$/i.test(text) ? false : refuse("true or false");
  }
  if (is === "number") return /^\d+$/.test(text) ? Number(text) : refuse("a whole number");
  if (typeof is !== "function") return is.includes(text) ? text : refuse(`one of ${is.join(", ")}`);
  try {
    return is(text);
  } catch (cause) {
    return refuse("one that S3 has", cause);
  }
}
