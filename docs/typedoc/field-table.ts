import { withTableRoles } from '../components/table-roles.ts';

/** One row of a table of fields. The texts are Markdown. */
export interface Row {
  readonly name: string;
  readonly anchor?: string;
  readonly type?: string;
  readonly isOptional?: boolean;
  readonly meaning: string;
}

/**
 * A table of two columns, the type under the name, as HTML with Markdown in its cells.
 *
 * @param head - What the rows are, such as `Field`.
 */
export function fieldTable(head: string, rows: readonly Row[]): string {
  const body = rows.map(
    ({ name, anchor, type, isOptional, meaning }) => `<tr${anchor ? ` id="${anchor}"` : ''}>
<th scope="row">

<span class="hr-name">${name}</span>${isOptional ? ' <span class="hr-note">optional</span>' : ''}
${type ? `<span class="hr-type">${type}</span>\n` : ''}
</th>
<td>

${meaning}

</td>
</tr>`,
  );
  const table = `<table>
<thead><tr><th scope="col">${head}</th><th scope="col">Meaning</th></tr></thead>
<tbody>
${body.join('\n')}
</tbody>
</table>`;
  return `<div class="hr-fields">\n${withTableRoles(table)}\n</div>`;
}
