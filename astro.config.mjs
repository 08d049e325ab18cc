// @ts-check
import starlight from '@astrojs/starlight';
import svelte from '@astrojs/svelte';
import { defineConfig } from 'astro/config';
import linksValidator from 'starlight-links-validator';
import { builtLinks } from './docs/built-links.ts';
import { forMachines } from './docs/for-machines.ts';
import { clientInterest } from './docs/interest/integration.ts';
import { referencePlugins, referenceSidebar } from './docs/typedoc/starlight.ts';
import { siteAddress } from './scripts/site-address.ts';
import { closeCodes } from './service/contract/close-codes.ts';
import { defaultPort, pages } from './service/contract/endpoints.ts';
import { notificationEvents } from './service/contract/notifications.ts';
import { closeCodePage, notificationPage } from './service/contract/reference-pages.ts';

const service = `http://${serviceHost()}:${process.env.WEBSOCKET_PORT || defaultPort}`;

const title = 'HuleEdu Realtime';
const description = 'The WebSocket service that tells a teacher’s browser what happened to their essays.';

/** Links to what docs/pages makes. */
const madePages =
  /^\/(?:reference\/(?!http-errors\/|typescript\/|internals\/|glossary\/|for-machines\/)|source\/|schemas\/|types\/|(?:asyncapi|openapi)\.)/;

// No `site` and no `base`: the built site belongs to no host and works at the root of any.
export default defineConfig({
  srcDir: './docs',
  publicDir: './docs/public',
  outDir: './dist',
  trailingSlash: 'ignore',
  devToolbar: { enabled: false },
  vite: {
    server: {
      // Patterns, because a plain key matches every path that begins with it.
      proxy: {
        '^/ws(/|\\?|$)': { target: service, ws: true },
        '^/dev/': { target: service },
        '^/healthz(/|\\?|$)': { target: service },
        '^/metrics(\\?|$)': { target: service },
      },
    },
  },
  integrations: [
    svelte(),
    clientInterest(),
    starlight({
      title,
      description,
      disable404Route: true,
      tableOfContents: { minHeadingLevel: 2, maxHeadingLevel: 2 },
      customCss: [
        './docs/styles/theme.css',
        './docs/styles/page.css',
        './docs/styles/tables.css',
        './docs/styles/reference.css',
      ],
      components: {
        Header: './docs/components/frame/Header.astro',
        Head: './docs/components/frame/Head.astro',
        PageTitle: './docs/components/frame/PageTitle.astro',
        EditLink: './docs/components/frame/MarkdownLink.astro',
      },
      expressiveCode: {
        // No grammar knows it.
        shiki: { langAlias: { promql: 'txt' } },
        themes: ['vitesse-dark', 'vitesse-light'],
        useStarlightUiThemeColors: true,
        // A long line wraps rather than scrolls: nothing to find with a keyboard, nothing hidden on a phone.
        defaultProps: { wrap: true, overridesByLang: { sh: { frame: 'none' } } },
        styleOverrides: {
          borderRadius: 'var(--hr-radius)',
          borderColor: 'var(--hr-border)',
          codeBackground: 'var(--hr-surface)',
          codeFontSize: '0.8125rem',
          codeLineHeight: '1.65',
          uiFontSize: '0.8125rem',
          textMarkers: { backgroundOpacity: '35%', borderOpacity: '60%' },
          frames: {
            frameBoxShadowCssValue: 'none',
            editorTabBarBackground: 'var(--hr-surface)',
            editorActiveTabBackground: 'var(--hr-surface)',
            editorActiveTabIndicatorTopColor: 'transparent',
            editorActiveTabIndicatorBottomColor: 'var(--hr-accent)',
            editorTabBarBorderBottomColor: 'var(--hr-border)',
            terminalBackground: 'var(--hr-surface)',
            terminalTitlebarBackground: 'var(--hr-surface)',
            terminalTitlebarBorderBottomColor: 'var(--hr-border)',
            terminalTitlebarDotsForeground: 'var(--hr-border)',
            terminalTitlebarDotsOpacity: '1',
          },
        },
      },
      plugins: [
        ...referencePlugins,
        // It knows neither a page of docs/pages nor an anchor that a component renders: `builtLinks` judges those.
        linksValidator({
          errorOnInvalidHashes: false,
          errorOnLocalLinks: false,
          exclude: ({ link }) => madePages.test(link),
        }),
      ],
      sidebar: [
        { label: 'Migrate a frontend', slug: 'migrate' },
        { label: 'Playground', slug: 'playground' },
        { label: 'Start', items: ['start/what-this-is', 'start/run-locally'] },
        {
          label: 'Protocol',
          items: [
            'protocol/endpoint',
            'protocol/authentication',
            'protocol/messages',
            'protocol/close-codes',
            'protocol/why-1006',
          ],
        },
        {
          label: 'Reference',
          items: [
            { label: 'What there is', slug: 'reference' },
            {
              label: 'Notifications',
              collapsed: true,
              items: [
                { label: 'All types', link: pages.notifications },
                ...notificationEvents.map((event) => ({
                  label: event.replaceAll('_', ' '),
                  link: notificationPage(event),
                })),
              ],
            },
            { label: 'Close codes', collapsed: true, items: closeCodePages() },
            { label: 'HTTP endpoints', link: '/reference/http/' },
            'reference/http-errors',
            { label: 'The WebSocket as AsyncAPI', link: '/reference/asyncapi/' },
            { label: 'Configuration', link: '/reference/configuration/' },
            { label: 'Metrics', link: '/reference/metrics/' },
            'reference/glossary',
            'reference/for-machines',
            ...referenceSidebar,
          ],
        },
      ],
    }),
    // Before the links are judged: pages link to what it writes.
    forMachines({ title, description, address: siteAddress(process.env.SITE_URL) }),
    builtLinks(),
  ],
});

/** The page of each close code. */
function closeCodePages() {
  return Object.entries(closeCodes).map(([code, { name }]) => ({
    label: `${code} ${name}`,
    link: closeCodePage(/** @type {import('./service/contract/close-codes.ts').CloseCode} */ (Number(code))),
  }));
}

/** Where the service can be reached: where it listens, unless that is every address of the machine. */
function serviceHost() {
  const host = process.env.WEBSOCKET_HOST;
  if (!host || host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
