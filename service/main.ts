import { enableCompileCache } from 'node:module';

// Half of a start is compiling what has not changed since the last one. Only what is imported afterwards is remembered.
enableCompileCache();
const { serve } = await import('./serve.ts');
await serve(process.env);
