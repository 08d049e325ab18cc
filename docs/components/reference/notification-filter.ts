/** Narrows the table of notifications as one types and chooses, and keeps the choice in the page's address. */
class NotificationFilter extends HTMLElement {
  connectedCallback(): void {
    const form = this.querySelector('form');
    if (!form) return;
    const asked = new URLSearchParams(location.search);
    for (const field of fieldsOf(form)) field.value = asked.get(field.name) ?? '';
    form.addEventListener('input', () => this.#apply(form));
    form.addEventListener('submit', (event) => event.preventDefault());
    this.querySelector('.none button')?.addEventListener('click', () => {
      form.reset();
      this.#apply(form);
      form.querySelector('input')?.focus();
    });
    this.#apply(form);
  }

  #apply(form: HTMLFormElement): void {
    const wanted = fieldsOf(form)
      .map(({ name, value }): [string, string] => [name, value.trim()])
      .filter(([, value]) => value !== '');
    const rows = [...this.querySelectorAll<HTMLTableRowElement>('tbody tr')];
    for (const row of rows) row.hidden = !wanted.every(([name, value]) => fits(row, name, value));
    const shown = rows.filter(({ hidden }) => !hidden).length;
    const count = this.querySelector('.count');
    if (count) count.textContent = wanted.length === 0 ? `${rows.length} types` : `${shown} of ${rows.length} types`;
    this.querySelector('.none')?.toggleAttribute('hidden', shown > 0);
    history.replaceState(history.state, '', `${location.pathname}${query(wanted)}${location.hash}`);
  }
}

type Field = HTMLInputElement | HTMLSelectElement;

function fieldsOf(form: HTMLFormElement): Field[] {
  return [...form.querySelectorAll<Field>('input, select')];
}

function fits(row: HTMLTableRowElement, name: string, value: string): boolean {
  if (name === 'q') {
    const words = value.toLowerCase().split(/\s+/);
    return words.every((word) => row.dataset['words']?.includes(word));
  }
  const held = row.dataset[name] ?? '';
  return name === 'priority' ? held.split(' ').includes(value) : held === value;
}

function query(wanted: [string, string][]): string {
  return wanted.length === 0 ? '' : `?${new URLSearchParams(wanted)}`;
}

customElements.define('notification-filter', NotificationFilter);
