/** Whether the shortcut list is open. */
class Help {
  open = $state(false);
  show = (): void => {
    this.open = true;
  };
}

export const help = new Help();
