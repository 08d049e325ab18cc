/**
 * What a token must hold to open a connection, and how it may be signed.
 *
 * @pageTitle Claims
 * @packageDocumentation
 */

/** The issuer that a token must name unless `JWT_ISSUER` says otherwise. */
export const defaultIssuer = 'huleedu-identity-service';

/** The audience that a token must name unless `JWT_AUDIENCE` says otherwise. */
export const defaultAudience = 'huleedu-platform';

/** The algorithms that `JWT_ALGORITHM` may name. */
export const algorithms = ['HS256', 'RS256', 'ES256', 'EdDSA'] as const;

/** How a token is signed. */
export type Algorithm = (typeof algorithms)[number];

/** What the service reads of a token (RFC 7519, 4.1). */
export interface Claims {
  /** The user id. Never empty. */
  readonly sub: string;
  /** When the token expires, in seconds since 1970. The connection ends then, too. */
  readonly exp: number;
  /** Who issued the token. */
  readonly iss: string;
  /** For whom it was issued; must contain the configured audience. */
  readonly aud: string | readonly string[];
  /** Before this second since 1970 the token is refused. */
  readonly nbf?: number;
  /** When the token was issued, in seconds since 1970. Must be a number; otherwise not judged. */
  readonly iat?: number;
}

/** What each claim means, for whoever looks at a decoded token. */
export const claimMeanings: Record<
  keyof Claims,
  {
    /** Whether a token without it is refused. */
    readonly required: boolean;
    /** For people, with `code` in backticks. */
    readonly meaning: string;
  }
> = {
  sub: { required: true, meaning: 'The user id. It alone decides whose notifications arrive.' },
  exp: { required: true, meaning: 'When the token expires, in seconds since 1970. The connection ends then, too.' },
  iss: { required: true, meaning: `Who issued the token: \`${defaultIssuer}\` unless configured otherwise.` },
  aud: { required: true, meaning: `For whom it is: must contain \`${defaultAudience}\` unless configured otherwise.` },
  nbf: { required: false, meaning: 'Before this second since 1970 the token is refused.' },
  iat: { required: false, meaning: 'When it was issued, in seconds since 1970. Not judged.' },
};
