import { LiveList } from "./live.svelte.ts";
import { type FleetEpc, sources } from "./sources.ts";

/** How long the listener outlives the page: coming back from an EPC shouldn't read the fleet anew. */
const LINGER_MS = 120_000;

/** The one fleet listener, shared by whatever shows the fleet. */
class Fleet {
  readonly list = new LiveList<FleetEpc>();
  #tenant = "";
  #users = 0;
  #close: () => void = () => {};
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Call within an effect; the result ends the use. */
  use(tenantId: string): () => void {
    clearTimeout(this.#timer);
    if (tenantId !== this.#tenant) this.#open(tenantId);
    this.#users++;
    return () => {
      if (--this.#users === 0) this.#timer = setTimeout(() => this.end(), LINGER_MS);
    };
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#close();
    this.#close = () => {};
    this.#tenant = "";
    this.list.clear();
  }

  #open(tenantId: string): void {
    this.#close();
    this.#tenant = tenantId;
    this.#close = this.list.open(sources.fleet(tenantId));
  }
}

export const fleet = new Fleet();
