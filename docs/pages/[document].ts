import { stringify } from 'yaml';
import asyncapi from '../../service/contract/generated/asyncapi.json';
import openapi from '../../service/contract/generated/openapi.json';

const sources = { asyncapi, openapi };

/** The documents for programs, where the site is served without the service. */
export function getStaticPaths() {
  return Object.entries(sources).flatMap(([name, source]) => [
    { params: { document: `${name}.json` }, props: { text: `${JSON.stringify(source, null, 2)}\n` } },
    { params: { document: `${name}.yaml` }, props: { text: stringify(source, { aliasDuplicateObjects: false }) } },
  ]);
}

export function GET({ props }: { props: { text: string } }) {
  return new Response(props.text);
}
