import type { TokenDefect } from '../service/contract/development.ts';

/** What is wrong with a token, so that a sentence can go on with it: “Connects with …”. Backticks mark code. */
export const defectsInWords: Readonly<Record<TokenDefect, string>> = {
  expired: 'a token that expired an hour ago',
  wrong_signature: 'a token that another key has signed',
  wrong_issuer: 'a token of another issuer',
  wrong_audience: 'a token for another audience',
  no_subject: 'a token that has no `sub`',
  empty_subject: 'a token whose `sub` is empty',
  numeric_subject: 'a token whose `sub` is a number',
  not_yet_valid: 'a token whose `nbf` lies in the future',
  no_expiry: 'a token that has no `exp`',
  expiry_not_a_number: 'a token whose `exp` is a text',
  wrong_algorithm: 'a token that is signed with HS512 in place of HS256',
  unsigned: 'a token that is not signed: its `alg` is `none`',
  wrong_type: 'a token whose `typ` is that of another purpose',
  malformed: 'a text that is no JWT',
};
