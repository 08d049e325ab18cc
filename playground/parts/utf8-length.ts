const utf8 = new TextEncoder();
/** Written to again and again: an array for each text would be garbage at the rate of the messages. */
const scratch = new Uint8Array(3 * 4096);

/** How many bytes a text has in UTF-8. */
export function utf8Length(text: string): number {
  // A UTF-16 unit becomes three bytes at most.
  return text.length * 3 <= scratch.length ? utf8.encodeInto(text, scratch).written : utf8.encode(text).byteLength;
}
