import { type ClientBase } from 'pg';

/**
 * To be given to a pool as what it does with each new connection. A connection that breaks fails its query and also emits an error.
 * The pool listens to that only while the connection is idle, its user only once it has it: the server's last words may come
 * between the two, in one packet with the answer before, and would end the process.
 */
export function survivesItsEnd(client: ClientBase): void {
  client.on('error', () => undefined);
}
