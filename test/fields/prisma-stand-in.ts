/**
 * A stand-in for Prisma's client: one model in memory, and extensions as the documentation has them and as version 7.10
 * was seen to call them. Prisma itself is not among the dependencies, as it has 300 MB: test/prisma tests on it.
 *
 * @see https://www.prisma.io/docs/orm/prisma-client/client-extensions
 */

import { isDeepStrictEqual } from "node:util";

export type Row = Record<string, unknown>;

/** Errors as Prisma has them: P2002 for a unique column, P2025 for a record that is not there. */
export class KnownRequestError extends Error {
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

export interface Args {
  readonly data?: unknown;
  readonly where?: Row;
  readonly create?: Row;
  readonly update?: Row;
  readonly take?: number | undefined;
  readonly limit?: number | undefined;
}

interface Extension {
  readonly result?: Readonly<
    Record<string, Readonly<Record<string, { readonly compute: (row: Row) => unknown }>>>
  >;
  readonly query?: Readonly<
    Record<string, { readonly $allOperations: (params: unknown) => Promise<unknown> }>
  >;
}

export type Model = Readonly<Record<string, (args: Args) => Promise<unknown>>>;

export type Client = Readonly<Record<string, Model>> & {
  $transaction<Result>(body: (tx: Client) => Promise<Result>): Promise<Result>;
};

const operations = [
  "create",
  "createMany",
  "findMany",
  "findUnique",
  "update",
  "updateMany",
  "updateManyAndReturn",
  "upsert",
  "delete",
  "deleteMany",
];

/** A table with the unique columns `id` and those named. */
export class PrismaStandIn {
  rows: Row[] = [];
  readonly #model: string;
  readonly #unique: readonly string[];
  #nextId = 1;

  constructor(model: string, unique: readonly string[]) {
    this.#model = model;
    this.#unique = ["id", ...unique];
  }

  /** The client as it is, or extended. */
  client(extension: object = {}, transaction?: object): Client {
    const { result, query } = extension as Extension;
    const name = this.#model;
    const own = Object.entries(result?.[name] ?? {});
    const compute = (row: Row): Row => ({
      ...row,
      ...Object.fromEntries(own.map(([property, { compute }]) => [property, compute(row)])),
    });
    const run = async (operation: string, args: Args): Promise<unknown> => {
      const copy = clone(args) as Args;
      const bare = async (given: Args): Promise<unknown> => this.#execute(operation, given);
      const hook = query?.[name]?.$allOperations;
      const answer = await (hook?.({
        model: "MyObject",
        operation,
        args: copy,
        query: bare,
        __internalParams: { transaction },
      }) ?? bare(copy));
      // Hooks see plain rows; only the caller sees what extensions compute.
      if (Array.isArray(answer)) return answer.map((row) => compute(row as Row));
      const isRow = typeof answer === "object" && answer !== null && "id" in answer;
      return isRow ? compute(answer) : answer;
    };
    const model = operations.map((operation) => [operation, (args: Args) => run(operation, args)]);
    const body = { [name]: Object.fromEntries(model) as Model };
    return Object.assign(body, {
      $transaction: <Result>(statements: (tx: Client) => Promise<Result>) =>
        this.transaction(extension, statements),
    });
  }

  /** An interactive transaction. */
  async transaction<Result>(extension: object, body: (tx: Client) => Promise<Result>): Promise<Result> {
    const before = this.rows.map((row) => ({ ...row }));
    try {
      return await body(this.client(extension, { kind: "itx", id: "1" }));
    } catch (error) {
      this.rows = before;
      throw error;
    }
  }

  #execute(operation: string, { data, where = {}, create, update, take, limit = take }: Args): unknown {
    const found = this.rows.filter((row) => matches(row, where)).slice(0, limit);
    const [first] = found;
    switch (operation) {
      case "findMany":
        return found.map((row) => ({ ...row }));
      case "findUnique":
        return first === undefined ? null : { ...first };
      case "create":
        return this.#insert(data as Row);
      case "createMany":
        return { count: (data as Row[]).map((row) => this.#insert(row)).length };
      case "upsert":
        checkValues(create!);
        checkValues(update!);
        return first === undefined ? this.#insert(create!) : this.#change(first, update!);
      case "updateMany":
        return { count: found.map((row) => this.#change(row, data as Row)).length };
      case "updateManyAndReturn":
        return found.map((row) => this.#change(row, data as Row));
      case "deleteMany":
        this.rows = this.rows.filter((row) => !found.includes(row));
        return { count: found.length };
    }
    if (first === undefined) throw new KnownRequestError("P2025");
    if (operation === "update") return this.#change(first, data as Row);
    this.rows = this.rows.filter((row) => row !== first);
    return { ...first };
  }

  #insert(values: Row): Row {
    const row = this.#checked({ id: this.#nextId, title: "", formField: null }, values);
    this.rows.push(row);
    this.#nextId++;
    return { ...row };
  }

  #change(row: Row, values: Row): Row {
    const changed = this.#checked(row, values);
    this.rows[this.rows.indexOf(row)] = changed;
    return { ...changed };
  }

  #checked(row: Row, values: Row): Row {
    checkValues(values);
    const given = Object.entries(values)
      .filter(([, value]) => value !== undefined)
      .map(([column, value]) => [column, plain(value)]);
    const next = { ...row, ...Object.fromEntries(given) };
    const others = this.rows.filter((other) => other !== row);
    const taken = others.some((other) =>
      this.#unique.some((column) => next[column] !== null && other[column] === next[column]),
    );
    if (taken) throw new KnownRequestError("P2002");
    return next;
  }
}

/** Columns that are equal, `AND` of such, and `OR` of nothing, which matches nothing. */
function matches(row: Row, { AND: all = [], OR: any, ...columns }: Row): boolean {
  return (
    any === undefined &&
    Object.entries(columns).every(([column, value]) => isDeepStrictEqual(row[column], value)) &&
    [all].flat().every((where) => matches(row, where as Row))
  );
}

/** Prisma takes no functions, and nothing that is an object where a string is wanted. */
function checkValues(values: Row): void {
  for (const [column, given] of Object.entries(values)) {
    const value = plain(given);
    if (typeof value !== "function" && (typeof value !== "object" || value === null)) continue;
    throw new TypeError(`Invalid value for argument ${column}`);
  }
}

/** What `{ set: value }` sets. */
function plain(value: unknown): unknown {
  return typeof value === "object" && value !== null && "set" in value ? value.set : value;
}

/** As Prisma copies arguments: whatever is an object becomes a plain one. */
function clone(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => clone(one));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, clone(one)]));
}
