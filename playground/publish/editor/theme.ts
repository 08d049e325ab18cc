import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

/** The editor in the colours of the site, which know light and dark by themselves. */
export const theme = [
  EditorView.theme({
    '&': {
      border: '1px solid var(--sl-color-gray-4)',
      borderRadius: 'var(--hr-radius)',
      backgroundColor: 'var(--sl-color-bg)',
      color: 'var(--sl-color-gray-2)',
      fontSize: '0.8125rem',
    },
    '&.cm-focused': { outline: '2px solid var(--hr-accent)', outlineOffset: '1px' },
    '.cm-scroller': { maxHeight: '30rem', minHeight: '16rem', fontFamily: 'var(--sl-font-mono)', lineHeight: '1.5' },
    '.cm-content': { padding: '0.375rem 0', caretColor: 'var(--sl-color-white)' },
    '.cm-line': { padding: '0 0.625rem' },
    '.cm-cursor': { borderLeftColor: 'var(--sl-color-white)' },
    '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
      background: 'var(--sl-color-accent-low)',
    },
    '&.cm-focused .cm-matchingBracket': { background: 'none', outline: '1px solid var(--hr-accent)' },
    '.cm-tooltip': {
      maxWidth: 'min(26rem, calc(100vw - 2rem))',
      border: '1px solid var(--hr-border)',
      borderRadius: 'var(--hr-radius)',
      backgroundColor: 'var(--hr-surface-2)',
      color: 'var(--sl-color-gray-1)',
      fontSize: '0.8125rem',
    },
    '.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--sl-font-mono)', maxHeight: '14rem' },
    '.cm-tooltip-autocomplete > ul > li': { padding: '0.125rem 0.5rem', color: 'var(--sl-color-gray-1)' },
    '.cm-tooltip-autocomplete > ul > li[aria-selected]': {
      background: 'var(--hr-accent)',
      color: 'var(--sl-color-text-invert)',
    },
    '.cm-completionDetail': { fontStyle: 'normal', opacity: '0.85' },
    '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '700' },
    '.cm-completionInfo': { padding: '0.5rem 0.75rem' },
    // Beside the list there is no room on a phone.
    '@media (max-width: 40rem)': { '.cm-completionInfo': { display: 'none' } },
    '.cm-diagnostic': { padding: '0.375rem 0.75rem', fontFamily: 'var(--sl-font)', lineHeight: '1.45' },
    '.cm-diagnostic-error': { borderInlineStart: '3px solid var(--hr-error)' },
    '.cm-diagnostic-warning': { borderInlineStart: '3px solid var(--hr-warn)' },
    '.cm-lintRange': { backgroundImage: 'none', textDecoration: 'underline wavy 1px', textUnderlineOffset: '3px' },
    '.cm-lintRange-error': { textDecorationColor: 'var(--hr-error)' },
    '.cm-lintRange-warning': { textDecorationColor: 'var(--hr-warn)' },
    '.cm-diagnostic a, .field-note a': { color: 'var(--sl-color-text-accent)' },
    '.field-note': {
      padding: '0.5rem 0.75rem',
      fontFamily: 'var(--sl-font)',
      lineHeight: '1.45',
      whiteSpace: 'normal',
    },
    '.cm-completionInfo .field-note': { padding: '0' },
    '.field-note p': { margin: '0' },
    '.field-note .note-name': { color: 'var(--sl-color-white)', fontWeight: '600' },
    '.field-note .note-type': { color: 'var(--sl-color-gray-3)' },
  }),
  syntaxHighlighting(
    HighlightStyle.define([
      { tag: tags.propertyName, color: 'var(--sl-color-white)' },
      { tag: tags.string, color: 'var(--hr-ok)' },
      { tag: [tags.number, tags.bool, tags.null], color: 'var(--hr-out)' },
    ]),
  ),
];
