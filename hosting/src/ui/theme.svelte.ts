import { Media } from "./media.svelte.ts";

export type Theme = "system" | "light" | "dark";
const KEY = "wisptools.theme";

/** Light or dark; follows the system unless the person chose. */
class ThemeChoice {
  value = $state<Theme>("system");

  start(): void {
    const stored = localStorage.getItem(KEY);
    this.choose(stored === "light" || stored === "dark" ? stored : "system");
  }

  choose(theme: Theme): void {
    this.value = theme;
    if (theme === "system") {
      localStorage.removeItem(KEY);
      delete document.documentElement.dataset.theme;
    } else {
      localStorage.setItem(KEY, theme);
      document.documentElement.dataset.theme = theme;
    }
  }
}

export const theme = new ThemeChoice();

/** Tells drawings that can't use custom properties when to fetch their colours anew. */
class Colours {
  #dark = new Media("(prefers-color-scheme: dark)");

  get key(): string {
    return `${theme.value}-${this.#dark.matches ? "dark" : "light"}`;
  }
}

export const colours = new Colours();
