/** Something that looks like a JWT in every way and opens nothing. */
export function fakeToken(header: object | string = { alg: 'HS256', typ: 'JWT' }): string {
  const part = (value: object | string) =>
    Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
  return `${part(header)}.${part({ sub: 'teacher-1', exp: 1_900_000_000 })}.${'s'.repeat(43)}`;
}
