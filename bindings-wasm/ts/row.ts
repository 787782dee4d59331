import { call } from "./call.js";
import type { RowHandle } from "./generated/wasm.js";
import { Owner, type Value } from "./model.js";
import type { Decision } from "./rules.js";

/** What stands for a row that cannot be decided. */
const INVALID = -2;

/**
 * The values of one record, to be set and decided again and again: numbers cross into WebAssembly as they are, and no object is built.
 *
 * @example
 * ```ts
 * const row = rules.row();
 * row.set("brand", "gotone");
 * for (const arpu of [50, 320]) {
 *   row.set("arpu", arpu);
 *   rules.rules[row.first()]?.id;
 * }
 * ```
 */
export class RulesRow extends Owner {
  readonly #slots: ReadonlyMap<string, number>;

  /** @internal */
  constructor(handle: RowHandle, fields: readonly string[]) {
    super(handle, "row");
    this.#slots = new Map(fields.map((field, slot) => [field, slot]));
  }

  /**
   * Sets the value of a field. A text crosses anew whenever it is set, so set one that stays only once.
   *
   * @throws {@link DataError} when the rules have no such field, or when it does not take the value; it is missing then.
   */
  set(name: string, value: Value): this {
    call(() => {
      const slot = this.#slots.get(name);
      if (slot === undefined || !this.#take(slot, value)) this.handle.set(name, value);
    });
    return this;
  }

  /** Lets every value be missing. */
  clear(): this {
    call(() => {
      this.handle.clear();
    });
    return this;
  }

  /**
   * The decision on the row.
   *
   * @throws {@link DataError} with every field that a rule tests and that lacks a required value, and when a day is to be chosen first.
   */
  decide(): Decision {
    return call(() => this.handle.decide() as Decision);
  }

  /**
   * The index in {@link RuleSet.rules} of the first rule that matches, in the order in which the hit policy tries them; -1 where none
   * does. With `first` and `priority` it is the rule that decides.
   *
   * @throws {@link DataError} as {@link RulesRow.decide} does.
   */
  first(): number {
    const position = call(() => this.handle.first());
    // Errors come from there, so that a number is all that crosses here.
    if (position === INVALID) this.decide();
    return position;
  }

  /** Sets a number or a text without asking what is wrong with it; whether the field takes it. */
  #take(slot: number, value: Value): boolean {
    if (typeof value === "number") return this.handle.setNumber(slot, value);
    return typeof value === "string" && this.handle.setText(slot, value);
  }

  /** @internal */
  override get handle(): RowHandle {
    return super.handle as RowHandle;
  }
}
