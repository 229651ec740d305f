/** What an operation of Prisma is called with, and what it is done by. */

import type { FileChanges, FileFields } from "../with-files.ts";
import type { Values } from "./values.ts";

export interface Args {
  readonly data?: unknown;
  readonly where?: Values | undefined;
  readonly create?: unknown;
  readonly update?: unknown;
  readonly limit?: number | undefined;
  readonly select?: unknown;
  readonly include?: unknown;
  readonly omit?: unknown;
}

/** What is used of a model of the client. */
export interface ModelClient {
  findUnique(args: unknown): Promise<Values | null>;
  findMany(args: unknown): Promise<Values[]>;
  create(args: unknown): Promise<unknown>;
  update(args: unknown): Promise<unknown>;
  updateMany(args: unknown): Promise<unknown>;
  updateManyAndReturn(args: unknown): Promise<unknown>;
  deleteMany(args: unknown): Promise<unknown>;
}

/** Runs statements on the model in a transaction of their own. */
export type Transact = <Result>(statements: (model: ModelClient) => Promise<Result>) => Promise<Result>;

/** A model and its fields. */
export interface Table {
  readonly model: ModelClient;
  readonly transact: Transact;
  readonly fields: FileFields;
}

export interface Operation extends Table {
  readonly files: FileChanges;
  readonly args: Args;
  readonly query: (args: Args) => Promise<unknown>;
  readonly operation: string;
}

/** As often a record is read again whose files somebody else has changed. */
export const maxAttempts = 20;

/** For Prisma to say what it says where there is no record, also where there is one by now. */
export function forNone(args: Args): Args {
  return { ...args, where: { ...args.where, AND: [args.where?.["AND"] ?? [], { OR: [] }].flat() } };
}

/** A condition with that of a record's files. */
export function havingFiles(where: Values | undefined, fields: FileFields, record: Values): Values {
  const names = Object.fromEntries(Object.keys(fields).map((property) => [property, record[property]]));
  return { ...where, AND: [where?.["AND"] ?? [], names].flat() };
}
