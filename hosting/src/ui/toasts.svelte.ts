export interface Toast {
  id: number;
  kind: "ok" | "bad";
  text: string;
}

const SHOWN_MS = 5000;

/** Short notices of what was just done; announced to screen readers. */
class Toasts {
  list = $state<Toast[]>([]);
  #next = 1;

  add(text: string, kind: Toast["kind"] = "ok"): void {
    const id = this.#next++;
    this.list.push({ id, kind, text });
    setTimeout(() => this.drop(id), kind === "bad" ? SHOWN_MS * 2 : SHOWN_MS);
  }

  drop(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id);
  }
}

export const toasts = new Toasts();
