import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import staticFiles from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { sendNotFound } from './problems.ts';
import { isLegacyUrl, sendGone } from './websocket-routes.ts';

/** Files under this path have a hash of their content in their name. */
const hashedFiles = '/_astro/';

const siteMissing = `<!doctype html><html lang="en"><meta charset="utf-8"><title>HuleEdu Realtime</title>
<p>The service runs, but its site has not been built. Run <code>npm run build</code>, then reload.</p></html>`;

/**
 * Serves the built site, and answers whatever nothing else does.
 *
 * @param directory - Where the site was built to; it may come into being later.
 */
export async function registerSite(app: FastifyInstance, directory: string): Promise<void> {
  await app.register(staticFiles, {
    root: directory,
    redirect: true,
    // The build leaves a compressed copy beside what is smaller for it.
    preCompressed: true,
    // The build leaves its notes beside the site.
    dotfiles: 'ignore',
    // What is not hashed may be another file tomorrow: ask each time, and be answered 304.
    cacheControl: false,
    setHeaders: (reply, path) => {
      const isHashed = path.startsWith(join(directory, hashedFiles));
      // The ending is a video's, too.
      if (path.endsWith('.ts')) reply.header('content-type', 'text/plain; charset=utf-8');
      reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });

  app.setNotFoundHandler(async (request, reply) => {
    // By a method that no route can be made for.
    if (isLegacyUrl(request.url)) return sendGone(request, reply);
    const wantsPage = request.method === 'GET' && (request.headers.accept ?? '').includes('text/html');
    if (!wantsPage) return sendNotFound(request, reply);
    const page = await readFile(join(directory, '404.html')).catch(() => undefined);
    reply.type('text/html; charset=utf-8').header('cache-control', 'no-cache');
    return page === undefined ? reply.code(503).send(siteMissing) : reply.code(404).send(page);
  });
}
