import { untrack } from "svelte";

/** A form's copy of live data: follows it until the person changes something, and then keeps what they wrote. */
export class Draft<T> {
  value = $state() as T;
  #base = $state("");
  dirty = $derived.by(() => JSON.stringify(this.value) !== this.#base);

  /** Created while a component is set up. */
  constructor(source: () => T) {
    this.#take(source());
    $effect.pre(() => {
      const next = source();
      untrack(() => this.#follow(next));
    });
  }

  discard(): void {
    this.value = JSON.parse(this.#base) as T;
  }

  #follow(next: T): void {
    if (this.dirty) this.#base = JSON.stringify(next);
    else this.#take(next);
  }

  #take(next: T): void {
    this.#base = JSON.stringify(next);
    this.value = JSON.parse(this.#base) as T;
  }
}
