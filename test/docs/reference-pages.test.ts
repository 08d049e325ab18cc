import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parser } from '@prometheus-io/lezer-promql';
import { fromHtml } from 'hast-util-from-html';
import { select, selectAll } from 'hast-util-select';
import { toString as textOf } from 'hast-util-to-string';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { errorsOfAny } from '../../docs/components/reference/openapi.ts';
import { type Definitions, fieldsOf } from '../../playground/schema/schema-fields.ts';
import { type Variable, variables } from '../../service/config-variables.ts';
import { documents, notificationSchemaPath, pages } from '../../service/contract/endpoints.ts';
import { notificationExamples } from '../../service/contract/examples.ts';
import asyncapi from '../../service/contract/generated/asyncapi.json' with { type: 'json' };
import schemas from '../../service/contract/generated/notification-schemas.json' with { type: 'json' };
import openapi from '../../service/contract/generated/openapi.json' with { type: 'json' };
import { httpErrors } from '../../service/contract/http-errors.ts';
import { type MetricEntry, metrics } from '../../service/contract/metrics.ts';
import { notificationEvents, notificationSenders } from '../../service/contract/notifications.ts';
import { fieldPage, notificationPage } from '../../service/contract/reference-pages.ts';
import { createMetrics } from '../../service/http/metrics.ts';
import { fileOf, siteDirectory } from '../support/built-site.ts';

const pageOf = (path: string) =>
  select('main', fromHtml(readFileSync(fileOf(path), 'utf8'))) ?? { type: 'root' as const, children: [] };
type Element = ReturnType<typeof pageOf>;
const textsOf = (selector: string, tree: Element) => selectAll(selector, tree).map((found) => textOf(found).trim());
const sentence = /^[A-Z`].+\.$/s;
const plain = (text: string) => text.replaceAll('`', '');

describe('the index of the notifications', () => {
  const rows = selectAll('notification-filter tbody tr', pageOf(pages.notifications));

  it('has every type with what it can be filtered by', () => {
    const found = rows.map(({ properties }) => [
      properties.dataSender,
      properties.dataCategory,
      String(properties.dataPriority).split(' ').includes('high'),
      properties.dataAction,
    ]);
    const expected = notificationEvents.map((event) => {
      const { category, priority, action_required } = notificationExamples[event];
      const action = event === 'pipeline_completed' ? 'sometimes' : action_required ? 'always' : 'never';
      return [notificationSenders[event], category, priority === 'high' || event === 'pipeline_completed', action];
    });
    expect(found).toEqual(expected);
  });

  it('links to the page of each', () => {
    const links = rows.map((row) => select('a', row)?.properties.href);
    expect(links).toEqual(notificationEvents.map(notificationPage));
  });
});

describe('the fields of every notification', () => {
  it('are as wide as the contract has them, the priorities in their order', () => {
    const rows = selectAll('[aria-label="Fields of every notification"] tbody tr', pageOf('/protocol/messages/'));
    const shown = Object.fromEntries(rows.map((row) => [textsOf('th', row)[0], textsOf('td', row)]));
    expect(shown['priority']?.[0]).toBe('"critical" or "immediate" or "high" or "standard" or "low"');
    expect(shown['action_required']?.[0]).toBe('boolean');
    expect(shown['batch_id']?.[0]).toBe('string or null');
    expect(shown['category']?.[1]).toContain('class_management');
    expect(Object.keys(shown)).toHaveLength(8);
  });
});

describe.each(notificationEvents)('the page of %s', (event) => {
  const page = pageOf(notificationPage(event));

  it('has the entry of each field where the playground links to it', () => {
    const { properties, definitions } = schemas[event];
    const names = fieldsOf(properties.data, definitions as Definitions).map(({ name }) => name);
    const links = names.map((name) => fieldPage(event, name).split('#')[1]);
    const rows = selectAll('tr[id]', page).map(({ properties: { id } }) => id);
    expect(rows.toSorted()).toEqual(links.toSorted());
    expect(select('#fields', page)).toBeDefined();
  });

  it('says when it is sent and by whom', () => {
    expect(textOf(page)).toContain(plain(schemas[event].description.split(' Sent by ')[0] ?? 'nothing'));
    expect(textsOf('dd', page)[0]).toBe(`the ${notificationSenders[event]}`);
  });

  it('has each field with a type and a meaning, and those of objects inside', () => {
    const rows = selectAll('tr', page)
      .map((row) => textsOf('th, td', row))
      .filter(([name]) => name !== 'Field');
    const names = rows.map(([name]) => name);
    expect(names).toEqual(expect.arrayContaining(Object.keys(notificationExamples[event])));
    for (const [name, type, meaning] of rows) {
      expect(type, name).not.toBe('');
      expect(meaning, name).toMatch(/^\S.+\S$/s);
    }
    if (event === 'batch_results_ready') expect(names).toContain('phase_results.*.processing_time_seconds');
    if (event === 'student_associations_confirmed') expect(names).toContain('associations[].confidence_score');
  });

  it('tells a field that can be null from one that cannot', () => {
    const typeOf = (field: string) => {
      const row = selectAll('tr', page).find((one) => textsOf('th', one)[0] === field);
      return row && textsOf('td', row)[0];
    };
    expect(typeOf('deadline')).toBe('string or null');
    const needsBatch = event !== 'class_created' && event !== 'student_added_to_class';
    expect(typeOf('batch_id')).toBe(needsBatch ? 'string' : 'string or null');
  });

  it('offers the button, the schema and the types', () => {
    expect(selectAll('astro-island', page)).toHaveLength(1);
    const links = selectAll('a', page).map(({ properties }) => properties.href);
    expect(links).toEqual(expect.arrayContaining([notificationSchemaPath(event), '/types/notifications.ts']));
  });
});

describe('the page of the configuration', () => {
  const page = pageOf('/reference/configuration/');

  it.each(Object.entries(variables) as [string, Variable<unknown>][])('tells all of %s', (name, row) => {
    expect(row.meaning).toMatch(sentence);
    for (const part of [row.type, row.allowed, row.example]) expect(part).not.toBe('');
    expect(row.since).toMatch(/^\d+\.\d+\.\d+$/);
    const section = select(`section[aria-labelledby="${name.toLowerCase()}"]`, page);
    expect(section && textsOf('h3', section)).toEqual([name]);
    const text = section ? textOf(section) : '';
    for (const part of [row.meaning, row.allowed, row.type, row.default ?? 'unset', row.example, row.since])
      expect(text).toContain(plain(part));
    if (row.unit) expect(text).toContain(`in ${row.unit}`);
  });

  it('shows no secret, not even the one that everyone knows', () => {
    expect(textOf(page)).not.toContain(String(variables.JWT_SECRET_KEY.developmentDefault));
  });
});

describe('the page of the metrics', () => {
  const page = pageOf('/reference/metrics/');
  const table = Object.entries(metrics) as [string, MetricEntry][];

  it('has what the registry has: names, types, helps and labels', async () => {
    const { registry } = createMetrics(() => 0);
    const registered = await registry.getMetricsAsJSON();
    expect(textsOf('h2.hr-name', page).sort()).toEqual(registered.map(({ name }) => name).sort());
    for (const { name, type, help } of registered) {
      const section = select(`section[aria-labelledby="${name}"]`, page);
      const text = section ? textOf(section) : '';
      expect(text).toContain(help);
      expect(text).toContain(`${type}, in `);
      const labels = (registry.getSingleMetric(name) as unknown as { labelNames: string[] }).labelNames;
      const shown = (section ? textsOf('tbody th', section) : []).filter((label) => !label.includes('='));
      expect(shown, name).toEqual(labels);
    }
  });

  it.each(table)('documents %s, and asks about it what Prometheus understands', (name, { help, query, labels }) => {
    const { promql } = query;
    expect(help).toMatch(sentence);
    for (const { meaning, values = {} } of Object.values(labels))
      for (const text of [meaning, ...Object.values(values)]) expect(text).toMatch(sentence);
    expect(query.question).toMatch(/\?$/);
    expect(promql).toContain(name);
    const faults: string[] = [];
    const used: string[] = [];
    parser.parse(promql).iterate({
      enter: (node) => {
        if (node.type.isError) faults.push(promql.slice(node.from, node.to + 10));
        if (node.name === 'Identifier') used.push(promql.slice(node.from, node.to));
        if (node.name === 'LabelName') used.push(`label ${promql.slice(node.from, node.to)}`);
      },
    });
    expect(faults).toEqual([]);
    const series = used.filter((one) => !one.startsWith('label ')).map((one) => one.replace(/_bucket$/, ''));
    expect(series.filter((one) => !(one in metrics))).toEqual([]);
    const asked = used.filter((one) => one.startsWith('label ')).map((one) => one.slice(6));
    expect(asked.filter((label) => label !== 'le' && !(label in labels))).toEqual([]);
  });

  it('would not pass a query that is none', () => {
    const found: boolean[] = [];
    parser.parse('sum(rate(').iterate({ enter: ({ type }) => void found.push(type.isError) });
    expect(found).toContain(true);
  });
});

describe('the page of the HTTP endpoints', () => {
  const page = pageOf('/reference/http/');

  it('has every operation with each of its answers', () => {
    for (const [path, methods] of Object.entries(openapi.paths))
      for (const [method, { responses }] of Object.entries(methods as Record<string, { responses: object }>)) {
        const heading = `${method.toUpperCase()} ${path}`;
        const section = selectAll('section', page).find((one) => textsOf('h3', one)[0] === heading);
        const statuses = section ? textsOf('[aria-label^="Answers"] tbody th', section) : [];
        // What every endpoint can answer is said once, above them.
        const common = errorsOfAny.map((code) => String(httpErrors[code].status));
        expect([...new Set([...statuses, ...common])].sort(), heading).toEqual(Object.keys(responses).sort());
      }
  });
});

describe('the page of the AsyncAPI document', () => {
  const text = textOf(pageOf('/reference/asyncapi/'));

  it('has every server, message, operation and close code of the document', () => {
    const { servers, operations, components, channels } = asyncapi;
    const codes = channels.notifications['x-close-codes'].map(({ code }) => String(code));
    const names = [servers, operations, components.messages].flatMap(Object.keys);
    expect([...names, ...codes].filter((name) => !text.includes(name))).toEqual([]);
  });
});

describe('what a static host serves in the place of the service', () => {
  const read = (path: string) => readFileSync(join(siteDirectory, path), 'utf8');

  it('are the same documents', () => {
    expect(JSON.parse(read(documents.asyncapi))).toEqual(asyncapi);
    expect(JSON.parse(read(documents.openapi))).toEqual(openapi);
    expect(parse(read(documents.asyncapiYaml))).toEqual(asyncapi);
    expect(parse(read(documents.openapiYaml))).toEqual(openapi);
    for (const event of notificationEvents)
      expect(JSON.parse(read(notificationSchemaPath(event)))).toEqual(schemas[event]);
  });

  it('are the types of the contract themselves', () => {
    const source = readFileSync(new URL('../../service/contract/notifications.ts', import.meta.url), 'utf8');
    expect(read('/types/notifications.ts').endsWith(source)).toBe(true);
  });
});
