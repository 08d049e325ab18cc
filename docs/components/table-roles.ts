const roles: Record<string, string> = {
  table: 'table',
  thead: 'rowgroup',
  tbody: 'rowgroup',
  tr: 'row',
  td: 'cell',
  'th scope="col"': 'columnheader',
  'th scope="row"': 'rowheader',
};

const tags = new RegExp(`<(${Object.keys(roles).join('|')})(?=[\\s>])`, 'g');

/** Names the role of each part of a table: browsers forget them where CSS lays the parts out as blocks. */
export function withTableRoles(html: string): string {
  return html.replace(tags, (tag, part: string) => `${tag} role="${roles[part]}"`);
}
