import { memberOf, parseTree } from '../schema/json-tree.ts';
import { randomId } from './notification-text.ts';

/** The text of one message of a burst. @param number - From 1. */
export type BurstText = (number: number, total: number) => string;

/** What each message of a burst has of its own, by the field of `data`. */
const fresh: Readonly<Record<string, (now: string, number: number, total: number) => unknown>> = {
  correlation_id: () => randomId(),
  timestamp: () => new Date().toISOString(),
  message: (before, number, total) => `${before} (${number} of ${total})`,
};

/**
 * The texts of a burst: each with a correlation id and a time of its own, and its number in the sentence for the teacher. A
 * field that someone edited stays as it was written, as does every byte around the fields.
 *
 * @param untouched - What the text was before anyone edited it.
 */
export function burstText(text: string, untouched: string): BurstText {
  const places = freshPlaces(text, untouched);
  return (number, total) => {
    let made = '';
    let end = 0;
    for (const { from, to, before, make } of places) {
      made += text.slice(end, from) + JSON.stringify(make(before, number, total));
      end = to;
    }
    return made + text.slice(end);
  };
}

function freshPlaces(text: string, untouched: string) {
  const [data, dataBefore] = [text, untouched].map((one) => memberOf(parseTree(one), 'data')?.node);
  return Object.entries(fresh)
    .flatMap(([name, make]) => {
      const node = memberOf(data, name)?.node;
      const before = memberOf(dataBefore, name)?.node;
      if (node?.kind !== 'value' || before?.kind !== 'value' || node.value !== before.value) return [];
      return typeof node.value === 'string' ? [{ from: node.from, to: node.to, before: node.value, make }] : [];
    })
    .sort((a, b) => a.from - b.from);
}
