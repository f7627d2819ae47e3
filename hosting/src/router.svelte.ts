/** Where the browser is. Pages read `router.url` and go by plain links or `router.go`. */
class Router {
  url = $state.raw(new URL(location.href));

  start(): void {
    addEventListener("popstate", () => {
      this.url = new URL(location.href);
    });
    addEventListener("click", (event) => this.#follow(event));
  }

  go(to: string, { replace = false } = {}): void {
    const url = new URL(to, location.href);
    if (url.href === location.href) return;
    history[replace ? "replaceState" : "pushState"](null, "", url);
    const moved = url.pathname !== this.url.pathname;
    this.url = url;
    if (moved) scrollTo(0, 0);
  }

  param(name: string): string {
    return this.url.searchParams.get(name) ?? "";
  }

  /** Changes the query in place: filters are worth a link, not a step back. Empty values go. */
  set(values: Record<string, string>): void {
    const url = new URL(this.url);
    for (const [name, value] of Object.entries(values)) {
      if (value) url.searchParams.set(name, value);
      else url.searchParams.delete(name);
    }
    this.go(url.href, { replace: true });
  }

  #follow(event: MouseEvent): void {
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return;
    const link = (event.target as Element | null)?.closest?.("a");
    if (!link?.href || link.target || link.hasAttribute("download") || link.origin !== location.origin) return;
    if (link.pathname.startsWith("/api/") || link.pathname.startsWith("/__/")) return;
    event.preventDefault();
    this.go(link.href);
  }
}

export const router = new Router();
