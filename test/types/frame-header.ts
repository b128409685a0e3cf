/** What every snippet starts with. */
export const frameHeader = `
import { type ColumnsIn, type DataFrame } from "../../../src/dataframe/data-frame.js";
import type { Column } from "../../../src/expressions/column-expression.js";
import { avg, count, countDistinct, first, max, sum } from "../../../src/expressions/functions/aggregates.js";
import { col } from "../../../src/expressions/functions/col.js";
import { fromJson, toJson } from "../../../src/expressions/functions/json.js";
import { lit } from "../../../src/expressions/functions/lit.js";
import { explode, size } from "../../../src/expressions/functions/nested.js";
import { sessionWindow } from "../../../src/expressions/functions/session-window.js";
import { struct } from "../../../src/expressions/functions/struct.js";
import { split, upper } from "../../../src/expressions/functions/text.js";
import { toTimestamp, windowTime, year } from "../../../src/expressions/functions/time.js";
import { userAggregate } from "../../../src/expressions/functions/user-aggregate.js";
import { when } from "../../../src/expressions/functions/when.js";
import { window } from "../../../src/expressions/functions/window.js";
import { float64, int32, int64, list, required, schemaOf, timestamp, utf8 } from "../../../src/types/type-constructors.js";
import type { BoolType, DataType, Float64Type, Int32Type, Int64Type, ListType, NullType, StructType, TimestampType, Utf8Type } from "../../../src/types/data-type.js";

declare const orders: DataFrame<{
  id: Int64Type;
  user: Utf8Type | NullType;
  amount: Float64Type | NullType;
  at: TimestampType | NullType;
  tags: ListType<Utf8Type>;
  place: StructType<{ city: Utf8Type | NullType; lat: Float64Type }> | NullType;
}>;
declare const untyped: DataFrame;
export {};
`;
