/** What an error says about the transaction that it ended. */

/** Classes and codes of SQLSTATE after which the server may have committed all the same. */
const unknownStates = /^(08|57|40003)/;

const lostConnection = new Set([
  // Node
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "ERR_SOCKET_CONNECTION_TIMEOUT",
  // postgres.js
  "CONNECTION_CLOSED",
  "CONNECTION_DESTROYED",
  "CONNECTION_ENDED",
  // mysql2
  "PROTOCOL_CONNECTION_LOST",
  // Prisma: not reached, timed out, operations timed out, closed the connection, transaction API
  "P1001",
  "P1002",
  "P1008",
  "P1017",
  "P2028",
]);

/**
 * Whether the database itself said that it did not commit.
 *
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export function saysRolledBack(error: unknown): boolean {
  return causesOf(error).some(({ code }) => {
    if (typeof code !== "string" || unknownStates.test(code)) return false;
    return /^P2\d{3}$/.test(code) ? code !== "P2028" : /^[0-9A-Z]{5}$/.test(code) && /^\d|^X/.test(code);
  });
}

/** Whether the database may have committed although nobody was told so. */
export function lostTouch(error: unknown): boolean {
  return causesOf(error).some(({ name, code, message }) => {
    if (name === "AbortError" || name === "TimeoutError") return true;
    if (
      typeof code === "string" &&
      (lostConnection.has(code) || (code.length === 5 && unknownStates.test(code)))
    ) {
      return true;
    }
    return (
      typeof message === "string" && /connection (was )?(terminated|closed|lost|reset|ended)/i.test(message)
    );
  });
}

interface Cause {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
}

/** An error with those that caused it: ORMs wrap what the driver says. */
function causesOf(error: unknown): Cause[] {
  const causes: Cause[] = [];
  for (let one = error; typeof one === "object" && one !== null && causes.length < 10;) {
    causes.push(one);
    one = "cause" in one ? one.cause : null;
  }
  return causes;
}
