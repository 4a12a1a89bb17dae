import { type Connection, type FieldDef, type Submittable, types } from 'pg';
import { prepareValue } from 'pg/lib/utils';

/** What a statement's rows look like, as the server described them once. */
interface Shape {
  readonly fields: readonly FieldDef[];
  readonly parsers: readonly ((text: string) => unknown)[];
  readonly empty: Readonly<Record<string, null>>;
}

/** The parts of the driver's result that TypeORM and we use. */
export interface PreparedResult {
  readonly command: string;
  readonly rowCount: number | null;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly fields: readonly FieldDef[];
}

export type PreparedAnswer = (error: unknown, result?: PreparedResult) => void;

/** What a connection keeps and offers beyond its types. */
interface PreparingConnection {
  readonly parsedStatements: Readonly<Record<string, string | undefined>>;
  readonly stream: { cork(): void; uncork(): void };
  parse(statement: { name: string; text: string }): void;
  bind(call: { statement: string; values: readonly unknown[]; valueMapper: typeof prepareValue }): void;
  describe(what: { type: 'P'; name: '' }): void;
  execute(call: { rows: number }): void;
  sync(): void;
}

const shapes = new WeakMap<Connection, Map<string, Shape>>();
const noRows: Shape = { fields: [], parsers: [], empty: {} };

/**
 * A prepared statement whose rows are described once per connection. The driver's own query has them described at each call, looks for
 * the parser of each column and builds a result around them: nearly half of what a small statement costs its client. The server refuses a
 * prepared statement whose columns have changed (0A000), so what was described once holds as long as its name.
 */
export class PreparedQuery implements Submittable {
  private readonly rows: Record<string, unknown>[] = [];
  /** What this connection's statements look like. */
  private known: Map<string, Shape> | undefined;
  private shape: Shape | undefined;
  private done: Pick<PreparedResult, 'command' | 'rowCount'> = { command: '', rowCount: null };
  private unreadable: unknown;

  constructor(
    readonly name: string,
    readonly text: string,
    private readonly values: readonly unknown[],
    /** Called once. The driver may wrap it. */
    public callback: PreparedAnswer,
  ) {}

  /** @returns what is wrong with the values, before anything was sent */
  submit(given: Connection): Error | undefined {
    const connection = given as unknown as PreparingConnection;
    const values = mapped(this.values);
    if (values instanceof Error) return values;
    this.known = shapes.get(given) ?? new Map<string, Shape>();
    shapes.set(given, this.known);
    this.shape = this.known.get(this.name);
    connection.stream.cork();
    try {
      if (connection.parsedStatements[this.name] === undefined) connection.parse(this);
      connection.bind({ statement: this.name, values, valueMapper: (value) => value });
      if (this.shape === undefined) connection.describe({ type: 'P', name: '' });
      connection.execute({ rows: 0 });
      connection.sync();
    } finally {
      connection.stream.uncork();
    }
    return undefined;
  }

  handleRowDescription({ fields }: { readonly fields: readonly FieldDef[] }): void {
    this.shape = {
      fields,
      parsers: fields.map(
        ({ dataTypeID }) => types.getTypeParser(dataTypeID, 'text') as (text: string) => unknown,
      ),
      empty: Object.fromEntries(fields.map(({ name }) => [name, null])),
    };
  }

  handleDataRow({ fields: values }: { readonly fields: readonly (string | null)[] }): void {
    if (this.unreadable !== undefined) return;
    const { fields, parsers, empty } = this.shape ?? noRows;
    const row: Record<string, unknown> = { ...empty };
    try {
      for (let i = 0; i < values.length; i += 1) {
        const [value, name] = [values[i], fields[i]?.name];
        if (name !== undefined && value !== null && value !== undefined) row[name] = parsers[i]?.(value);
      }
      this.rows.push(row);
    } catch (error) {
      this.unreadable = error;
    }
  }

  /** `INSERT 0 5`, `UPDATE 3`, `CREATE TABLE`. */
  handleCommandComplete({ text }: { readonly text: string }): void {
    const words = text.split(' ');
    const count = Number(words.at(-1));
    this.done = { command: words[0] ?? '', rowCount: Number.isInteger(count) ? count : null };
  }

  handleEmptyQuery(): void {
    // Without rows and without a command.
  }

  handlePortalSuspended(): void {
    // All rows are asked for at once.
  }

  handleReadyForQuery(): void {
    const shape = this.shape ?? noRows;
    this.known?.set(this.name, shape);
    if (this.unreadable !== undefined) this.callback(this.unreadable);
    else this.callback(null, { ...this.done, rows: this.rows, fields: shape.fields });
  }

  /** The driver forgets a query that failed: `handleReadyForQuery` does not follow. */
  handleError(error: unknown): void {
    this.callback(error);
  }
}

/** As the driver writes values for the server. */
function mapped(values: readonly unknown[]): readonly unknown[] | Error {
  try {
    return values.map((value) => prepareValue(value));
  } catch (error) {
    return error instanceof Error ? error : new Error('a value cannot be written', { cause: error });
  }
}
