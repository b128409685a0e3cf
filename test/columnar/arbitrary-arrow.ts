import * as arrow from "apache-arrow";
import fc from "fast-check";

// Arrow tables of every type that is read, made of raw arrays: what lies under a NULL is arbitrary too.

const TIME_UNITS = [
  arrow.TimeUnit.SECOND,
  arrow.TimeUnit.MILLISECOND,
  arrow.TimeUnit.MICROSECOND,
  arrow.TimeUnit.NANOSECOND,
];
const INDEX_TYPES = [
  arrow.Int8,
  arrow.Int16,
  arrow.Int32,
  arrow.Int64,
  arrow.Uint8,
  arrow.Uint16,
  arrow.Uint32,
  arrow.Uint64,
];

const anyTimestamp = fc
  .tuple(fc.constantFrom(...TIME_UNITS), fc.constantFrom(null, "UTC", "Europe/Berlin"))
  .map(([unit, zone]) => new arrow.Timestamp(unit, zone));

/** A type of its own each time: the id of a dictionary is counted up. */
const anyDictionary = fc
  .constantFrom(...INDEX_TYPES)
  .map((Index) => new arrow.Dictionary(new arrow.Utf8(), new Index() as arrow.Int32));

const anyArrowType: fc.Arbitrary<arrow.DataType> = fc.letrec<{ type: arrow.DataType }>((tie) => ({
  type: fc.oneof(
    { maxDepth: 2, depthSize: "small" },
    fc.constantFrom<arrow.DataType>(
      new arrow.Bool(),
      new arrow.Int32(),
      new arrow.Int64(),
      new arrow.Float64(),
      new arrow.Utf8(),
      new arrow.Binary(),
      new arrow.DateDay(),
      new arrow.DateMillisecond(),
    ),
    anyTimestamp,
    anyDictionary,
    tie("type").map((type) => new arrow.List(new arrow.Field("item", type, true))),
    fc
      .tuple(tie("type"), tie("type"))
      .map(([a, b]) => new arrow.Struct([new arrow.Field("a", a, true), new arrow.Field("b", b, true)])),
  ),
})).type;

const anyInt64 = fc.oneof(
  fc.bigInt({ min: -1_000n, max: 1_000n }),
  fc.bigInt({ min: -(2n ** 43n), max: 2n ** 43n }),
  fc.bigInt({ min: -(2n ** 54n), max: 2n ** 54n }),
  { weight: 1, arbitrary: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }) },
);

const anyText = fc.oneof(fc.constantFrom("", "a", "ab", "ä", "x".repeat(40)), fc.string({ maxLength: 6 }));

function arrayOf<T>(value: fc.Arbitrary<T>, length: number): fc.Arbitrary<T[]> {
  return fc.array(value, { minLength: length, maxLength: length });
}

function anyBits(length: number): fc.Arbitrary<Uint8Array> {
  return fc.uint8Array({ minLength: (length + 7) >> 3, maxLength: (length + 7) >> 3 });
}

/** undefined: no row is NULL. */
function anyBitmap(length: number): fc.Arbitrary<Uint8Array | undefined> {
  return fc.option(anyBits(length), { nil: undefined });
}

function offsetsOf(lengths: readonly number[]): Int32Array {
  const offsets = new Int32Array(lengths.length + 1);
  for (const [i, length] of lengths.entries()) offsets[i + 1] = offsets[i] + length;
  return offsets;
}

function textOf(values: readonly string[]): { valueOffsets: Int32Array; data: Uint8Array } {
  const bytes = values.map((value) => new TextEncoder().encode(value));
  return {
    valueOffsets: offsetsOf(bytes.map((value) => value.length)),
    data: Uint8Array.from(bytes.flatMap((value) => [...value])),
  };
}

function dictionaryPiece(texts: readonly (string | null)[]): arrow.Data<arrow.Utf8> {
  return arrow.vectorFromArray([...texts], new arrow.Utf8()).data[0];
}

/** What the batches of one table share: dictionaries grow from batch to batch, or are replaced. */
type Dictionaries = Map<number, arrow.Vector<arrow.Utf8>>;
/** How to make an array, so that making it twice (shrinking) changes nothing. */
type Recipe = (known: Dictionaries) => arrow.Data;

function anyDictionaryArray(type: arrow.Dictionary<arrow.Utf8>, length: number): fc.Arbitrary<Recipe> {
  return fc
    .record({
      texts: fc.array(fc.option(anyText, { freq: 6 }), { minLength: 1, maxLength: 4 }),
      change: fc.constantFrom("keep", "grow", "replace"),
      picks: arrayOf(fc.nat(), length),
      nullBitmap: anyBitmap(length),
    })
    .map(({ texts, change, picks, nullBitmap }) => (known) => {
      const before = known.get(type.id);
      const added = new arrow.Vector([dictionaryPiece(texts)]);
      const grown = before === undefined || change === "replace" ? added : before.concat(added);
      const dictionary = before !== undefined && change === "keep" ? before : grown;
      known.set(type.id, dictionary);
      const indices = picks.map((pick) => pick % Math.min(dictionary.length, 100));
      return arrow.makeData({ type, length, nullBitmap, data: indicesOf(type, indices), dictionary });
    });
}

function indicesOf({ indices: { ArrayType } }: arrow.Dictionary, indices: readonly number[]): Int32Array {
  const isBig = ArrayType.name.startsWith("Big");
  return ArrayType.from((isBig ? indices.map(BigInt) : indices) as number[]) as Int32Array;
}

function anyArray(type: arrow.DataType, length: number): fc.Arbitrary<Recipe> {
  if (type instanceof arrow.Dictionary) return anyDictionaryArray(type, length);
  return fc.tuple(anyParts(type, length), anyBitmap(length)).map(
    ([parts, nullBitmap]) =>
      (known) =>
        arrow.makeData({ type, length, nullBitmap, ...parts(known) } as never) as arrow.Data,
  );
}

function anyParts(type: arrow.DataType, length: number): fc.Arbitrary<(known: Dictionaries) => object> {
  if (type instanceof arrow.List) return anyListParts(type, length);
  if (type instanceof arrow.Struct)
    return fc
      .tuple(...type.children.map((child: arrow.Field) => anyArray(child.type, length)))
      .map((children) => (known) => ({ children: children.map((child) => child(known)) }));
  return anyValues(type, length).map((values) => () => values);
}

function anyListParts(type: arrow.List, length: number): fc.Arbitrary<(known: Dictionaries) => object> {
  return arrayOf(fc.nat({ max: 3 }), length).chain((lengths) => {
    const valueOffsets = offsetsOf(lengths);
    return anyArray(type.children[0].type, valueOffsets[length]).map((child) => (known) => ({
      valueOffsets,
      child: child(known),
    }));
  });
}

function anyValues(type: arrow.DataType, length: number): fc.Arbitrary<object> {
  switch (type.typeId) {
    case arrow.Type.Bool:
      return anyBits(length).map((data) => ({ data }));
    case arrow.Type.Float:
      return arrayOf(fc.double(), length).map((values) => ({ data: Float64Array.from(values) }));
    case arrow.Type.Utf8:
    case arrow.Type.Binary:
      return arrayOf(anyText, length).map(textOf);
    default:
      return type instanceof arrow.Int32 || type instanceof arrow.DateDay
        ? arrayOf(fc.integer(), length).map((values) => ({ data: Int32Array.from(values) }))
        : arrayOf(anyInt64, length).map((values) => ({ data: BigInt64Array.from(values) }));
  }
}

/** Record batches of one schema; the rows of each may be cut out of a longer one. */
export const anyArrowBatches: fc.Arbitrary<arrow.RecordBatch[]> = fc
  .array(anyArrowType, { minLength: 1, maxLength: 4 })
  .chain((types) => {
    const arrowSchema = new arrow.Schema(types.map((type, i) => new arrow.Field(`c${i}`, type, true)));
    return fc.array(anyBatch(types), { minLength: 1, maxLength: 4 }).map((recipes) => {
      const known: Dictionaries = new Map();
      return recipes.map((recipe) => recipe(known, arrowSchema));
    });
  });

function anyBatch(
  types: readonly arrow.DataType[],
): fc.Arbitrary<(known: Dictionaries, arrowSchema: arrow.Schema) => arrow.RecordBatch> {
  return fc.integer({ min: 0, max: 20 }).chain((length) =>
    fc
      .record({
        columns: fc.tuple(...types.map((type) => anyArray(type, length))),
        from: fc.nat({ max: length }),
        count: fc.option(fc.nat({ max: length })),
      })
      .map(({ columns, from, count }) => (known, arrowSchema) => {
        const children = columns.map((column) => column(known));
        const type = new arrow.Struct(arrowSchema.fields);
        const whole = new arrow.RecordBatch(arrowSchema, arrow.makeData({ type, length, nullCount: 0, children }));
        return count === null ? whole : whole.slice(from, Math.min(length, from + count));
      }),
  );
}

export function streamOf(batches: readonly arrow.RecordBatch[]): Uint8Array {
  return arrow.RecordBatchStreamWriter.writeAll(batches).toUint8Array(true);
}
