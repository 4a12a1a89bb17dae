import { once } from 'node:events';

/** `COPY … FROM STDIN` of rows in text format that are ready to send; resolves when the server has taken them. */
export async function copyIn(client, table, columns, rows) {
  if (rows.length === 0) return;
  await new Promise((resolve, reject) => {
    client.query(new CopyIn(`copy ${table} (${columns.join(', ')}) from stdin`, rows, resolve, reject));
  });
}

/** What `pg` calls back while the query is the connection's active one. */
class CopyIn {
  constructor(text, rows, resolve, reject) {
    Object.assign(this, { text, rows, resolve, reject });
  }

  submit(connection) {
    connection.query(this.text);
  }

  async handleCopyInResponse(connection) {
    for (let from = 0; from < this.rows.length; from += 500) {
      connection.sendCopyFromChunk(Buffer.from(`${this.rows.slice(from, from + 500).join('\n')}\n`));
      if (connection.stream.writableNeedDrain) await once(connection.stream, 'drain');
    }
    connection.endCopyFrom();
  }

  handleCommandComplete() {}

  handleError(error) {
    this.reject(error);
  }

  handleReadyForQuery() {
    this.resolve();
  }
}

/** Text format: what stands for itself in a value is written with a backslash. */
export const escaped = (text) =>
  /[\\\t\n\r]/.test(text) ? text.replace(/[\\\t\n\r]/g, (c) => escapes[c]) : text;
const escapes = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
export const nothing = '\\N';
