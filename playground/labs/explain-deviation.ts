import type { AuthCase } from './auth-cases.ts';
import { isLetIn, type Observed } from './observe-handshake.ts';

/** The settings that make a service judge otherwise than the contract's defaults. */
const settingsBehind: Readonly<Record<string, string>> = {
  TOKEN_ISSUER_INVALID: 'The service asks for another issuer than the contract: `JWT_ISSUER` is set.',
  TOKEN_AUDIENCE_INVALID: 'The service asks for another audience than the contract: `JWT_AUDIENCE` is set.',
  TOKEN_ALGORITHM_NOT_ALLOWED: 'The service is set to another algorithm: `JWT_ALGORITHM`.',
  ORIGIN_NOT_ALLOWED:
    'The origin of this page is not among those that the service allows: `CORS_ORIGINS`. A proxy may have changed the header `Host`.',
};

/** What may lie behind an outcome that the contract does not foresee; a sentence or two, backticks mark code. */
export function explainDeviation({ expected, inPage }: AuthCase, observed: Observed): string {
  const { code, cause, opened } = observed;
  if (code === 1006 && !opened) {
    return 'The handshake was refused before the service could say why. A proxy in between answers it itself, or does not pass `Upgrade` on.';
  }
  if (isLetIn(observed)) {
    if (inPage === 'other_loopback_name') return 'The service allows this origin under both names: `CORS_ORIGINS`.';
    return 'The service lets in what it must refuse. Look into this first: is it this version of the service, and does a proxy change the address on its way?';
  }
  if (cause === undefined) {
    return `The connection ended with ${code} and no reason that is the service's own. A proxy in between has probably closed it.`;
  }
  const setting = settingsBehind[cause];
  if (setting !== undefined && expected !== cause) return setting;
  return 'The service gives another cause than the contract of this page. It may be of another version, or a proxy changes the address on its way.';
}
