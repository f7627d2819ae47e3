export interface Question {
  /** Names the object: "Retire Hilltop North?" */
  title: string;
  /** What will happen, in plain words. */
  consequence: string;
  /** The word on the button: the act, not "OK". */
  act: string;
  danger?: boolean;
  /** Must be typed before the act is offered. */
  typed?: string;
  /** Runs on yes; the dialog stays until it ended and shows its error. */
  work: () => Promise<unknown>;
}

/** The one confirmation dialog of the page. */
class Confirmation {
  question = $state.raw<Question>();

  ask(question: Question): void {
    this.question = question;
  }
}

export const confirmation = new Confirmation();
