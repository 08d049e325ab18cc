import schemas from '../../../../service/contract/generated/notification-schemas.json';

type Event = keyof typeof schemas;

export function getStaticPaths() {
  return (Object.keys(schemas) as Event[]).map((event) => ({ params: { event } }));
}

/** The schema of one notification type, where the site is served without the service. */
export function GET({ params }: { params: { event: Event } }) {
  const headers = { 'content-type': 'application/schema+json; charset=utf-8' };
  return new Response(`${JSON.stringify(schemas[params.event], null, 2)}\n`, { headers });
}
