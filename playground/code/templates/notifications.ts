// What the site offers for download under this name, for the programs beside it.
export type * from '../../../service/contract/notifications.ts';
