/**
 * How Pagefind orders what it finds. An entry that is called like the query counts, however long the page is on which it stands
 * and however often another page mentions it.
 */
export const searchRanking = { pageLength: 0.1, termFrequency: 0.3 };
