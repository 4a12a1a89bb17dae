import { type Connection, type Submittable } from 'pg';
import { type RowTaker, giveRowsTo } from './raw-rows';

export interface PreparedStatement {
  /** Names the statement on a connection, for ever: another text needs another name. */
  readonly name: string;
  readonly text: string;
}

/** Values as they travel: text, bytes in PostgreSQL's binary format, or null. */
export type WireValue = string | Buffer | null;
/** A row as it came: the text of each value. */
export type WireRow = readonly (string | null)[];

/** What the connection keeps and offers beyond its types. */
interface PreparingConnection {
  readonly parsedStatements: Readonly<Record<string, string | undefined>>;
  readonly stream: { cork(): void; uncork(): void };
  parse(statement: PreparedStatement): void;
  bind(call: {
    statement: string;
    values: readonly WireValue[];
    valueMapper: (value: WireValue) => WireValue;
    /** Of the answer. */
    binary: boolean;
  }): void;
  execute(call: { rows: number }): void;
  sync(): void;
}

/** What the driver asks of a query class and ours have nothing to say to. */
abstract class Prepared {
  readonly name: string;
  readonly text: string;

  constructor({ name, text }: PreparedStatement) {
    this.name = name;
    this.text = text;
  }

  handleEmptyQuery(): void {
    // No statement of ours is empty.
  }

  handlePortalSuspended(): void {
    // All rows are asked for at once.
  }
}

/**
 * One call of a prepared statement: bind, execute, sync. The driver's own query asks for a description of the columns each time and builds a
 * result around them; whoever knows the columns needs neither, and for a statement of one row that is a third of what it costs the
 * client. Like `pg-cursor` it is a query class of its own, which the driver takes as it is.
 */
export class PreparedCall extends Prepared implements Submittable {
  /** All rows, once the server is ready for the next statement. */
  readonly rows: Promise<readonly WireRow[]>;
  private readonly received: WireRow[] = [];
  private settle!: { resolve: (rows: readonly WireRow[]) => void; reject: (error: unknown) => void };

  constructor(
    statement: PreparedStatement,
    private readonly values: readonly WireValue[],
  ) {
    super(statement);
    this.rows = new Promise((resolve, reject) => (this.settle = { resolve, reject }));
  }

  submit(connection: Connection): void {
    send(connection, this, [this.values], 'text');
  }

  handleDataRow({ fields }: { readonly fields: WireRow }): void {
    this.received.push(fields);
  }

  handleCommandComplete(): void {
    // Rows are complete when the server is ready.
  }

  handleReadyForQuery(): void {
    this.settle.resolve(this.received);
  }

  /** The driver forgets a query that failed: `handleReadyForQuery` does not follow. */
  handleError(error: unknown): void {
    this.settle.reject(error);
  }
}

const asItIs = (value: WireValue): WireValue => value;

/** Binds and executes a prepared statement for each of the value lists, with one message to the server. */
function send(
  given: Connection,
  statement: PreparedStatement,
  calls: readonly (readonly WireValue[])[],
  answer: 'text' | 'binary',
): void {
  const connection = given as unknown as PreparingConnection;
  connection.stream.cork();
  try {
    if (connection.parsedStatements[statement.name] !== statement.text) connection.parse(statement);
    for (const values of calls) {
      connection.bind({
        statement: statement.name,
        values,
        valueMapper: asItIs,
        binary: answer === 'binary',
      });
      connection.execute({ rows: 0 });
    }
    connection.sync();
  } finally {
    connection.stream.uncork();
  }
}

export interface RowReader extends RowTaker {
  /** A call's rows are complete. */
  callEnds(): void;
}

/**
 * Several calls of a prepared statement in one round trip, answered in their order, each by a snapshot of its own. Rows come in
 * PostgreSQL's binary format and go to the reader as they are. A call that fails takes those behind it with it.
 */
export class PreparedCalls extends Prepared implements Submittable {
  /** Once the server is ready for the next statement. */
  readonly done: Promise<void>;
  private connection?: Connection;
  private settle!: { resolve: () => void; reject: (error: unknown) => void };

  constructor(
    statement: PreparedStatement,
    private readonly calls: readonly (readonly WireValue[])[],
    private readonly reader: RowReader,
  ) {
    super(statement);
    this.done = new Promise((resolve, reject) => (this.settle = { resolve, reject }));
  }

  submit(connection: Connection): void {
    this.connection = connection;
    giveRowsTo(this.reader, connection);
    send(connection, this, this.calls, 'binary');
  }

  handleDataRow(): void {
    // The reader has them.
  }

  handleCommandComplete(): void {
    this.reader.callEnds();
  }

  handleReadyForQuery(): void {
    this.leave();
    this.settle.resolve();
  }

  handleError(error: unknown): void {
    this.leave();
    this.settle.reject(error);
  }

  private leave(): void {
    if (this.connection !== undefined) giveRowsTo(undefined, this.connection);
  }
}
