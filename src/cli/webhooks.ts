/** The webhooks that `stowage serve` is given. */

import type { Webhook } from "../server/webhooks.ts";
import { CommandError, UsageError } from "./command.ts";

/**
 * Reads `--webhook NAME=URL`, one of several.
 *
 * @throws {UsageError}
 */
export function parseWebhook(text: string, previous: unknown): Webhook[] {
  const earlier = (previous as Webhook[] | undefined) ?? [];
  const webhook = webhookOf(text);
  if (webhook === null) {
    throw new UsageError(
      `"${text}" is no webhook`,
      "give it as NAME=URL, such as orders=https://example.com/hook; a name has letters, digits, - and _",
    );
  }
  return [...earlier, webhook];
}

/**
 * All webhooks: those of the command line and of STOWAGE_WEBHOOKS, with the secrets of STOWAGE_WEBHOOK_SECRETS. A secret is
 * never an option: other users of the machine read command lines.
 *
 * @throws {CommandError} For a variable that cannot be read, a name twice, or a secret of none.
 */
export function readWebhooks(
  given: readonly Webhook[],
  env: Readonly<Record<string, string | undefined>>,
): Webhook[] {
  const webhooks = [
    ...given,
    ...wordsOf(env["STOWAGE_WEBHOOKS"]).map((word) => {
      const webhook = webhookOf(word);
      if (webhook !== null) return webhook;
      throw new CommandError(`STOWAGE_WEBHOOKS has "${word}"`, "write NAME=URL, with spaces in between");
    }),
  ];
  const secrets = new Map(
    wordsOf(env["STOWAGE_WEBHOOK_SECRETS"]).map((word) => {
      const at = word.indexOf("=");
      if (at > 0 && at < word.length - 1) return [word.slice(0, at), word.slice(at + 1)] as const;
      // The word is not repeated: it may be a secret.
      throw new CommandError(
        "STOWAGE_WEBHOOK_SECRETS cannot be read",
        "write NAME=SECRET, with spaces in between",
      );
    }),
  );
  for (const name of secrets.keys()) {
    if (webhooks.some((webhook) => webhook.name === name)) continue;
    throw new CommandError(
      `STOWAGE_WEBHOOK_SECRETS has a secret of "${name}", which is no webhook`,
      "name it with --webhook or in STOWAGE_WEBHOOKS",
    );
  }
  for (const [at, { name }] of webhooks.entries()) {
    if (webhooks.findIndex((webhook) => webhook.name === name) < at) {
      throw new CommandError(`the webhook "${name}" was given twice`, "give each its own name");
    }
  }
  return webhooks.map((webhook) => {
    const secret = secrets.get(webhook.name);
    return secret === undefined ? webhook : { ...webhook, secret };
  });
}

function webhookOf(text: string): Webhook | null {
  const [, name, url] = /^([\w-]{1,64})=(.+)$/.exec(text) ?? [];
  if (name === undefined || url === undefined || !URL.canParse(url)) return null;
  return /^https?:$/.test(new URL(url).protocol) ? { name, url } : null;
}

function wordsOf(text: string | undefined): string[] {
  return (text ?? "").split(/\s+/).filter((word) => word !== "");
}
