/**
 * Finds a member that one object of a JSON text has twice, which `JSON.parse` overlooks.
 *
 * @param json A text that `JSON.parse` takes.
 */
export function duplicateMember(json: string): string | undefined {
  const token = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]:,]/g;
  /** The names of each object that is open; `null` for an array. */
  const open: (Set<string> | null)[] = [];
  let last = "";
  for (const [text] of json.matchAll(token)) {
    if (text === "{") open.push(new Set());
    else if (text === "[") open.push(null);
    else if (text === "}" || text === "]") open.pop();
    else if (text === ":") {
      const names = open.at(-1);
      const name = JSON.parse(last) as string;
      if (names?.has(name) === true) return name;
      names?.add(name);
    }
    last = text;
  }
  return undefined;
}
