import packageJson from '../../../package.json';
import source from '../../../service/contract/notifications.ts?raw';

const head = `// The notifications of HuleEdu Realtime ${packageJson.version}: the service's own types, without a dependency.\n\n`;

/** The contract's types as a file to take along. */
export function GET() {
  return new Response(head + source, { headers: { 'content-type': 'text/plain; charset=utf-8' } });
}
