/** Where the person is, in the part of the address behind `#`: any bucket, any key. */

import { useSyncExternalStore } from "react";

export type Route =
  | { readonly page: "buckets" }
  | { readonly page: "users" }
  | { readonly page: "server" }
  /** `object`: the key whose details are shown beside the list. */
  | {
      readonly page: "objects";
      readonly bucket: string;
      readonly prefix: string;
      readonly object?: string | undefined;
    }
  | { readonly page: "settings"; readonly bucket: string };

export function hrefOf(route: Route): string {
  if (route.page === "buckets") return "#/";
  if (route.page === "users" || route.page === "server") return `#/${route.page}`;
  const bucket = encodeURIComponent(route.bucket);
  if (route.page === "settings") return `#/settings/${bucket}`;
  const object = route.object === undefined ? "" : `/${encodeURIComponent(route.object)}`;
  return `#/objects/${bucket}/${encodeURIComponent(route.prefix)}${object}`;
}

export function parseRoute(hash: string): Route {
  const [page, bucket, prefix = "", object] = hash.replace(/^#\/?/, "").split("/").map(decode);
  if (page === "users" || page === "server") return { page };
  if (page === "settings" && bucket) return { page, bucket };
  if (page === "objects" && bucket) return { page, bucket, prefix, object };
  return { page: "buckets" };
}

export function useRoute(): Route {
  return parseRoute(useSyncExternalStore(subscribe, () => location.hash));
}

export function go(route: Route): void {
  location.hash = hrefOf(route);
}

function subscribe(changed: () => void): () => void {
  addEventListener("hashchange", changed);
  return () => removeEventListener("hashchange", changed);
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
