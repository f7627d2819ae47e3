export class Media {
  matches = $state(false);

  constructor(query: string) {
    const list = matchMedia(query);
    this.matches = list.matches;
    list.addEventListener("change", () => {
      this.matches = list.matches;
    });
  }
}

/** A phone held upright: bottom bar, tables as lists. */
export const narrow = new Media("(max-width: 699px)");
