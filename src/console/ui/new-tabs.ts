/**
 * Links of the console that a person opens in another tab: this page opens it, as browsers copy what a tab keeps to a tab
 * that its page has opened, and to no other.
 *
 * @see https://html.spec.whatwg.org/multipage/webstorage.html#dom-sessionstorage-dev
 * @returns What ends it.
 */
export function keepSessionInNewTabs(): () => void {
  addEventListener("click", openTab);
  addEventListener("auxclick", openTab);
  return () => {
    removeEventListener("click", openTab);
    removeEventListener("auxclick", openTab);
  };
}

function openTab(event: MouseEvent): void {
  const isElsewhere =
    event.type === "auxclick" ? event.button === 1 : event.ctrlKey || event.metaKey || event.shiftKey;
  const link = (event.target as Element).closest<HTMLAnchorElement>('a[href^="#"]');
  if (!isElsewhere || link === null) return;
  event.preventDefault();
  open(link.href);
}
