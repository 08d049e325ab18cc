import 'astro';

declare module 'astro' {
  interface AstroClientDirectives {
    /** Becomes alive when someone turns to it. */
    'client:interest'?: boolean;
  }
}
