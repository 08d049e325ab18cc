import type { JsonPath } from '../../schema/json-path.ts';

/** What the controls of the form do to the text. */
export interface FormActions {
  set(path: JsonPath, value: unknown): void;
  remove(path: JsonPath): void;
  rename(path: JsonPath, name: string): void;
}
