import { untrack } from "svelte";

/** A form's copy of a stored thing, or of a new one. Follows the database until somebody types; then it is theirs, as of a revision. */
export class Editor<D> {
  #stored: () => { draft: D; revision: number | undefined };
  #edited = $state<{ draft: D; began: string; revision: number | undefined }>();

  constructor(stored: () => { draft: D; revision: number | undefined }) {
    this.#stored = stored;
  }

  get draft(): D {
    return this.#edited?.draft ?? this.#stored().draft;
  }
  get dirty(): boolean {
    return this.#edited !== undefined && JSON.stringify(this.#edited.draft) !== this.#edited.began;
  }
  /** The revision that the changes were decided on; undefined for something new. */
  get revision(): number | undefined {
    return this.#edited ? this.#edited.revision : this.#stored().revision;
  }
  /** Somebody else saved since the first change here. */
  get outdated(): boolean {
    const now = this.#stored().revision;
    return this.#edited?.revision !== undefined && now !== undefined && now > this.#edited.revision;
  }

  edit(patch: Partial<D>): void {
    untrack(() => {
      if (!this.#edited) {
        const { draft, revision } = this.#stored();
        this.#edited = { draft: structuredClone(draft), began: JSON.stringify(draft), revision };
      }
    });
    if (this.#edited) Object.assign(this.#edited.draft as object, patch);
  }

  /** What is here replaces what somebody else saved meanwhile. */
  overwrite(): void {
    if (this.#edited) this.#edited.revision = this.#stored().revision;
  }

  discard(): void {
    this.#edited = undefined;
  }
}
