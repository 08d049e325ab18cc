// @ts-check
import starlight from '@astrojs/starlight';
import svelte from '@astrojs/svelte';
import { defineConfig } from 'astro/config';
import linksValidator from 'starlight-links-validator';
import { builtLinks } from './docs/built-links.ts';
import { closeCodes } from './service/contract/close-codes.ts';
import { closeCodeFolder, defaultPort } from './service/contract/endpoints.ts';

const service = `http://${serviceHost()}:${process.env.WEBSOCKET_PORT || defaultPort}`;

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
    starlight({
      title: 'HuleEdu Realtime',
      description: 'The WebSocket service that tells a teacher’s browser what happened to their essays.',
      disable404Route: true,
      tableOfContents: { minHeadingLevel: 2, maxHeadingLevel: 2 },
      customCss: ['./docs/styles/theme.css', './docs/styles/page.css', './docs/styles/tables.css'],
      components: {
        Header: './docs/components/frame/Header.astro',
        Head: './docs/components/frame/Head.astro',
        PageTitle: './docs/components/frame/PageTitle.astro',
      },
      expressiveCode: {
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
        // It knows no anchor that a component renders: `builtLinks` judges those.
        linksValidator({ errorOnInvalidHashes: false, errorOnLocalLinks: false }),
      ],
      sidebar: [
        { label: 'Migrate a frontend', slug: 'migrate' },
        { label: 'Playground', slug: 'playground' },
        { label: 'Start', items: ['start/what-this-is', 'start/run-locally'] },
        {
          label: 'Protocol',
          items: ['protocol/endpoint', 'protocol/authentication', 'protocol/messages', 'protocol/close-codes'],
        },
        {
          label: 'Reference',
          items: [
            'reference/configuration',
            'reference/http',
            'reference/http-errors',
            { label: 'Close codes', collapsed: true, items: closeCodePages() },
          ],
        },
      ],
    }),
    builtLinks(),
  ],
});

/** The page of each close code. */
function closeCodePages() {
  return Object.entries(closeCodes).map(([code, { name }]) => ({
    label: `${code} ${name}`,
    link: `${closeCodeFolder}${code}/`,
  }));
}

/** Where the service can be reached: where it listens, unless that is every address of the machine. */
function serviceHost() {
  const host = process.env.WEBSOCKET_HOST;
  if (!host || host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
