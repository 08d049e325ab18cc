/** An entry of a page's table of contents, as Starlight takes it. */
export interface Heading {
  readonly depth: number;
  readonly slug: string;
  readonly text: string;
}

/** The anchor of a heading's text: the same however many headings there are. */
export function slugOf(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^\w]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}

/** A long name as the text of a table of contents, where it may break after an underscore and nowhere else. */
export function breakable(name: string): string {
  return name.replaceAll('_', '_\u200b');
}

/** Headings of one depth. */
export function headings(depth: number, texts: readonly string[]): Heading[] {
  return texts.map((text) => ({ depth, slug: slugOf(text), text }));
}
