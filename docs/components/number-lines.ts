/**
 * Gives each line of a rendered block of code its number: the anchor `L12`, and a link to it.
 *
 * The link is out of the keyboard's way, which would have to pass hundreds of them, and a screen reader's.
 */
export function numberLines(html: string): string {
  let line = 0;
  return html.replace(/<div class="ec-line"([^>]*)>/g, (_tag, rest: string) => {
    line += 1;
    const link = `<a class="line-number" href="#L${line}" data-line="${line}" tabindex="-1" aria-hidden="true"></a>`;
    return `<div class="ec-line" id="L${line}"${rest}>${link}`;
  });
}
