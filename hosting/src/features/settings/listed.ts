/** What a person wrote with commas or blanks between. */
export function listed(text: string): string[] {
  return text.split(/[\s,;]+/).filter(Boolean);
}
