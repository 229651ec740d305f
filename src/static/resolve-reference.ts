/** From what a file says to the file that is meant, and back. No I/O. */

/** A reference to a file among the static ones. */
export interface Target {
  /** The name of the file. It may not exist, and then begin with `../`. */
  readonly name: string;
  /** What stands for the file when it has another base name. */
  readonly withBase: (base: string) => string;
}

/**
 * The file that a URL in a static file means, or null for what is not ours: schemes, `//`, fragments alone, absolute
 * paths outside of the static files, directories.
 *
 * @param from The name of the file in which the URL stands.
 * @param staticPath The path at which static files are found, such as `/static/`.
 * @example
 * const target = resolveReference("../fonts/a.eot?#iefix", "css/site.css", "/static/");
 * target.name; // "fonts/a.eot"
 * target.withBase("a.d41d8cd98f00.eot"); // "../fonts/a.d41d8cd98f00.eot?#iefix"
 */
export function resolveReference(url: string, from: string, staticPath: string): Target | null {
  if (/^[a-z][a-z0-9+.-]*:/i.test(url) || url.startsWith("//")) return null;
  const [, path = "", rest = ""] = /^([^?#]*)(.*)$/s.exec(url.trim()) ?? [];
  if (path === "" || path.endsWith("/")) return null;
  const absolute = path.startsWith("/");
  if (absolute && !path.startsWith(staticPath)) return null;
  const decoded = decodePath(path);
  if (decoded === null) return { name: path, withBase: () => url };
  const full = absolute
    ? decoded.slice(staticPath.length)
    : from.slice(0, from.lastIndexOf("/") + 1) + decoded;
  const directory = decoded.slice(0, decoded.lastIndexOf("/") + 1);
  return { name: clean(full), withBase: (base) => encodeSpecial(directory + base) + rest };
}

function clean(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else parts.push(part);
  }
  return parts.join("/");
}

function decodePath(path: string): string | null {
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
}

/** Django writes URLs decoded. What would end the path, or the string that it is in, stays encoded. */
function encodeSpecial(path: string): string {
  return path.replaceAll(/[%?#"'\\\p{Cc}]|\*\//gu, (special) =>
    special === "*/" ? "*%2F" : `%${special.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}
