/** Hands a text to the browser as a file to save. */
export function saveFile(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has its own hold on the data by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** A name with the time in it, as file systems sort it: `huleedu-session-2026-11-24-0905.json`. */
export function fileName(what: string, ending: string, now = new Date()): string {
  const two = (number: number) => String(number).padStart(2, '0');
  const date = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  return `huleedu-${what}-${date}-${two(now.getHours())}${two(now.getMinutes())}.${ending}`;
}

/** What to say of what was taken out; empty where nothing was. */
export function removalNote(removals: number): string {
  if (removals === 0) return '';
  return removals === 1 ? '1 token was removed.' : `${removals} tokens were removed.`;
}
