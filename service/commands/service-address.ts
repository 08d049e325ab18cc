import { UsageError } from './usage.ts';

/**
 * Checks an address that was given with `--url`. Credentials would be shown by whatever fails, and the service asks
 * for none.
 */
export function serviceAddress(address: string): string {
  if (isServiceAddress(address)) return address;
  const found = address.includes('@') ? 'an address with a user or password' : `"${address}"`;
  throw new UsageError(`--url holds ${found}; it may hold an address such as http://localhost:8004.`);
}

function isServiceAddress(address: string): boolean {
  if (!/^https?:/.test(address) || !URL.canParse(address)) return false;
  const { username, password } = new URL(address);
  return username === '' && password === '';
}
