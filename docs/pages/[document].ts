import { stringify } from 'yaml';
import asyncapi from '../../service/contract/generated/asyncapi.json';
import openapi from '../../service/contract/generated/openapi.json';

const sources = { asyncapi, openapi };

/** The documents for programs, where the site is served without the service. */
export function getStaticPaths() {
  return Object.entries(sources).flatMap(([name, source]) => [
    {
      params: { document: `${name}.json` },
      props: { type: 'application/json', text: `${JSON.stringify(source, null, 2)}\n` },
    },
    {
      params: { document: `${name}.yaml` },
      props: { type: 'application/yaml', text: stringify(source, { aliasDuplicateObjects: false }) },
    },
  ]);
}

export function GET({ props: { text, type } }: { props: { text: string; type: string } }) {
  return new Response(text, { headers: { 'content-type': `${type}; charset=utf-8` } });
}
