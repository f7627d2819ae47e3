import { type ApiError, asApiError } from "../data/apiError.ts";

/** The state of a form's submission: busy or not, and what was wrong with it, by field. */
export class Form {
  busy = $state(false);
  error = $state.raw<ApiError>();

  /** The message for a field. Nested ones count: `plmn` shows what `plmn.mcc` says. */
  errorOf(field: string): string | undefined {
    return this.error?.issues.find((issue) => issue.field === field || issue.field.startsWith(`${field}.`))?.message;
  }

  /** What no field of the form can show: pass the fields it has. */
  general(fields: readonly string[]): string | undefined {
    if (!this.error) return undefined;
    const known = (name: string) => fields.some((field) => name === field || name.startsWith(`${field}.`));
    const stray = this.error.issues.filter((issue) => !known(issue.field));
    if (this.error.issues.length > 0 && stray.length === 0) return undefined;
    return stray.length > 0 ? stray.map((issue) => `${issue.field}: ${issue.message}`).join("; ") : this.error.message;
  }

  /** Runs `work`, keeps its error; true when it went well. */
  async run(work: () => Promise<unknown>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.error = undefined;
    try {
      await work();
      return true;
    } catch (error) {
      this.error = asApiError(error);
      return false;
    } finally {
      this.busy = false;
    }
  }

  reset(): void {
    this.error = undefined;
  }
}
