/** Vite gives a file's text under this ending. */
declare module '*?raw' {
  const text: string;
  export default text;
}
