import type { ResolvedExpression } from "../../expressions/resolved-expression.js";
import { fusedResult } from "../kernels/coalesce.js";
import { type FusedArgument, type FusedValue, plainValue } from "../kernels/fused-value.js";
import type { FusedWriter } from "../kernels/fused-writer.js";
import { type Lane, laneOf } from "../kernels/lane.js";
import type { FusedInputs } from "./fused-inputs.js";
import { callPlanOf, isNullByConstant } from "./kernel-call-of.js";

type ResolvedCase = Extract<ResolvedExpression, { kind: "case" }>;

/** Writes an expression as code of a loop. */
export class ExpressionEmitter {
  readonly #writer: FusedWriter;
  readonly #inputs: FusedInputs;
  readonly #isNullable: (input: number) => boolean;

  constructor(writer: FusedWriter, inputs: FusedInputs, isNullable: (input: number) => boolean) {
    this.#writer = writer;
    this.#inputs = inputs;
    this.#isNullable = isNullable;
  }

  emit(expression: ResolvedExpression): FusedValue {
    const input = this.#inputs.indexOf(expression);
    if (input !== null) return this.#writer.input(input, laneFor(expression), this.#isNullable(input));
    switch (expression.kind) {
      case "literal":
        return this.#literal(expression);
      case "case":
        return this.#case(expression);
      case "call":
      case "cast":
        return this.#call(expression);
      default:
        throw new Error(`Broken invariant: a ${expression.kind} is no code`);
    }
  }

  #literal({ type, value }: Extract<ResolvedExpression, { kind: "literal" }>): FusedValue {
    const lane = laneFor({ type });
    if (value === null) return fusedResult(this.#writer, { lane, code: this.#writer.zeroOf(lane), valid: "0" });
    const code = this.#writer.constant(value);
    return lane === "int64" ? this.#writer.bigValue(code, null) : plainValue(lane, code, null);
  }

  #call(expression: Extract<ResolvedExpression, { kind: "call" | "cast" }>): FusedValue {
    const { kernel, call, args } = callPlanOf(expression);
    if (isNullByConstant(expression))
      return this.#literal({ kind: "literal", type: call.type, value: null, nullable: true });
    const fuse = kernel.fuse?.(call) ?? null;
    if (fuse === null) throw new Error("Broken invariant: a call without code is an input of the loop");
    return fuse(
      this.#writer,
      args.map(
        (arg, i): FusedArgument => ({ type: arg.type, constant: call.constants[i], emit: () => this.emit(arg) }),
      ),
    );
  }

  /** Each condition stands in the else of the one before, each result in the branch of its condition. */
  #case({ branches, otherwise, type }: ResolvedCase): FusedValue {
    const writer = this.#writer;
    const lane = laneFor({ type });
    const code = writer.variable(writer.zeroOf(lane));
    const valid = writer.variable("0");
    let canBeNull = otherwise === null;
    const assign = (result: ResolvedExpression): void => {
      const value = this.emit(result);
      writer.line(`${code} = ${value.code()}; ${valid} = ${value.valid ?? "1"};`);
      if (value.valid !== null) canBeNull = true;
    };
    for (const { when, then } of branches) {
      const condition = this.emit(when);
      const isTrue = condition.code();
      writer.line(`if (${condition.valid === null ? isTrue : `${condition.valid} === 1 && ${isTrue}`}) {`);
      assign(then);
      writer.line("} else {");
    }
    if (otherwise !== null) assign(otherwise);
    writer.line("}".repeat(branches.length));
    return fusedResult(writer, { lane, code, valid: canBeNull ? valid : null });
  }
}

function laneFor({ type }: Pick<ResolvedExpression, "type">): Lane {
  const lane = laneOf(type);
  if (lane === null) throw new Error(`Broken invariant: code over a ${type.kind}`);
  return lane;
}
