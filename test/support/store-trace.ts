import type { SQLInputValue } from "node:sqlite";
import { Connection, type NamedValues } from "../../src/store/sqlite/connection.ts";

/** A connection that remembers what it was asked. */
export class TracedConnection extends Connection {
  readonly statements = new Set<string>();

  override run(sql: string, ...values: readonly SQLInputValue[]): number {
    this.statements.add(sql);
    return super.run(sql, ...values);
  }

  override get<Row>(sql: string, ...values: readonly SQLInputValue[]): Row | undefined {
    this.statements.add(sql);
    return super.get<Row>(sql, ...values);
  }

  override all<Row>(sql: string, ...values: readonly SQLInputValue[]): Row[] {
    this.statements.add(sql);
    return super.all<Row>(sql, ...values);
  }

  override allCells<Cells>(sql: string, ...values: readonly SQLInputValue[]): Cells[] {
    this.statements.add(sql);
    return super.allCells<Cells>(sql, ...values);
  }

  override allNamed<Row>(sql: string, values: NamedValues): Row[] {
    this.statements.add(sql);
    return super.allNamed<Row>(sql, values);
  }
}
