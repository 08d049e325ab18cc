import { defaultMaxConnectionsPerUser } from '../../service/contract/endpoints.ts';
import type { Session } from '../session.svelte.ts';

/** Something to try after the tour, done by one click in the workbench. */
export interface NextTry {
  readonly label: string;
  /** What will be seen. */
  readonly shows: string;
  readonly run: (session: Session) => Promise<void>;
}

/** What the tour ends with. */
export const nextTries: readonly NextTry[] = [
  {
    label: 'A wrong token',
    shows: 'The service refuses it with 1008, and says why.',
    run: async (session) => {
      session.identity.defect = 'wrong_signature';
      await session.mintAndConnect();
    },
  },
  {
    label: 'Six tabs',
    shows: 'A user may have five connections: the sixth is closed with 4000.',
    run: async (session) => {
      session.identity.defect = undefined;
      if ((await session.mint()) === undefined) return;
      const busy = session.clients.filter(({ isBusy, userId }) => isBusy && userId === session.identity.userId).length;
      for (let count = busy; count <= defaultMaxConnectionsPerUser; count++) {
        const client = session.freeClient();
        await session.connect(client);
        await client.connection.until(({ name }) => name === 'open' || name === 'closed');
      }
    },
  },
  {
    label: 'A token that expires in 5 s',
    shows: 'The connection is closed the moment its token expires.',
    run: async (session) => {
      session.identity.defect = undefined;
      session.identity.lifetimeSeconds = 5;
      await session.mintAndConnect();
    },
  },
];
