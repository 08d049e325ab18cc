import { defineMiddleware } from 'astro:middleware';
import { linkTerms } from './glossary/link-terms.ts';

/** Cells and terms that CSS alone keeps apart: a search engine would read them as one word. */
const neighbours = /(?<=<\/(?:th|td|dt|dd|span)>)(?=<(?:th|td|dt|dd|span class="(?:hr-note|action)))/g;

/** Links the words of the glossary where they occur, in whatever wrote the page: Markdown, a component or a generator. */
export const onRequest = defineMiddleware(async ({ url }, next) => {
  const response = await next();
  if (!response.headers.get('content-type')?.startsWith('text/html')) return response;
  const html = (await response.text()).replaceAll(neighbours, ' ');
  return new Response(linkTerms(html, url.pathname.replace(/\/?$/, '/')), response);
});
