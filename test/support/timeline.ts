import type { Locator, Page } from 'playwright-core';

/** The rows of the playground's timeline that are drawn: those in sight, and a few around them. */
export function timelineRows(page: Page): Locator {
  return page.getByRole('listbox', { name: 'Timeline' }).getByRole('option');
}

/** Whether there is one such row, and it stands within the part of the timeline that is scrolled to. */
export async function isInSight(row: Locator): Promise<boolean> {
  if ((await row.count()) !== 1) return false;
  return row.evaluate((element) => {
    const list = (element.closest('[role=listbox]') as HTMLElement).getBoundingClientRect();
    const { top, bottom } = element.getBoundingClientRect();
    return top >= list.top - 1 && bottom <= list.bottom + 1;
  });
}
