import { defineMiddleware } from 'astro:middleware';
import { linkTerms } from './glossary/link-terms.ts';

/** Links the words of the glossary where they occur: in whatever wrote the page, Markdown, a component or a generator. */
export const onRequest = defineMiddleware(async ({ url }, next) => {
  const response = await next();
  if (!response.headers.get('content-type')?.startsWith('text/html')) return response;
  return new Response(linkTerms(await response.text(), url.pathname.replace(/\/?$/, '/')), response);
});
