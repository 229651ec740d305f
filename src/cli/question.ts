/** Questions to whoever sits at the terminal. */

export interface Terminal {
  /** Default: standard input. */
  readonly input?: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  /** Default: standard error, so that results stay apart. */
  readonly output?: NodeJS.WritableStream;
}

/** The line that is answered; empty where the input ends without one. */
export async function askQuestion(
  text: string,
  { input = process.stdin, output = process.stderr }: Terminal = {},
): Promise<string> {
  const { createInterface } = await import("node:readline/promises");
  const lines = createInterface({ input, output });
  const ended = new Promise<string>((resolve) => {
    lines.once("close", () => resolve(""));
  });
  const answer = await Promise.race([lines.question(text), ended]);
  lines.close();
  return answer;
}

/** What asks for the code of an MFA device; undefined where nobody can answer. */
export function mfaCodePrompt(terminal: Terminal = {}): ((serial: string) => Promise<string>) | undefined {
  const { input = process.stdin } = terminal;
  if (input.isTTY !== true) return undefined;
  return async (serial) => (await askQuestion(`Code of the MFA device ${serial}: `, terminal)).trim();
}
