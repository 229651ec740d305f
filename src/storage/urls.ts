/** Names in URLs. */

/**
 * A name as the path of a URL: everything percent-encoded but what is unreserved, `/` and `~!*()'`.
 *
 * @see https://docs.djangoproject.com/en/stable/ref/utils/#django.utils.encoding.filepath_to_uri
 */
export function encodePath(name: string): string {
  // encodeURIComponent leaves exactly Django's characters.
  return name.split("/").map(encodeURIComponent).join("/");
}

/** The URL of a name below a base. The base keeps its host whatever the name is. */
export function urlBelow(
  baseUrl: string,
  name: string,
  query: Readonly<Record<string, string>> | undefined,
): string {
  const base = baseUrl.endsWith("/") ? baseUrl : `${baseUrl}/`;
  return withQuery(base + encodePath(name.replace(/^[/\\]+/, "")), query);
}

export function withQuery(url: string, query: Readonly<Record<string, string>> = {}): string {
  const pairs = Object.entries(query).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
  );
  if (pairs.length === 0) return url;
  return `${url}${url.includes("?") ? "&" : "?"}${pairs.join("&")}`;
}
