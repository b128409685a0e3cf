// Arrow objects as seen from outside: by shape, never by class, because a process may hold several copies of the library
// (ESM and CJS, two versions). Only what is read here is named.

export interface ArrowTypeShape {
  readonly typeId: number;
  readonly bitWidth?: number;
  readonly isSigned?: boolean;
  readonly precision?: number;
  readonly unit?: number;
  readonly timezone?: string | null | undefined;
  readonly children?: readonly ArrowFieldShape[] | null;
  readonly dictionary?: ArrowTypeShape;
}

export interface ArrowFieldShape {
  readonly name: string;
  readonly type: ArrowTypeShape;
  readonly nullable: boolean;
}

export interface ArrowSchemaShape {
  readonly fields: readonly ArrowFieldShape[];
}

/**
 * One contiguous array. `values` and `valueOffsets` begin at row 0, while bits (nullBitmap, and the values of booleans)
 * begin at `offset`: that is how apache-arrow slices.
 */
export interface ArrowDataShape {
  readonly type: ArrowTypeShape;
  readonly length: number;
  readonly offset: number;
  readonly nullCount: number;
  readonly values?: ArrayBufferView | undefined;
  readonly valueOffsets?: ArrayBufferView | undefined;
  readonly nullBitmap?: Uint8Array | null;
  readonly children: readonly ArrowDataShape[];
  readonly dictionary?: ArrowVectorShape | undefined;
}

export interface ArrowVectorShape {
  readonly type: ArrowTypeShape;
  readonly data: readonly ArrowDataShape[];
}

export interface ArrowBatchShape {
  readonly schema: ArrowSchemaShape;
  readonly data: ArrowDataShape;
}

export interface ArrowTableShape {
  readonly schema: ArrowSchemaShape;
  readonly batches: readonly ArrowBatchShape[];
}

export function isArrowTable(input: object): input is ArrowTableShape {
  return "schema" in input && isArrowSchema(input.schema) && "batches" in input && Array.isArray(input.batches);
}

export function isArrowBatch(input: object): input is ArrowBatchShape {
  return (
    "schema" in input &&
    isArrowSchema(input.schema) &&
    "data" in input &&
    isObject(input.data) &&
    "children" in input.data
  );
}

export function isArrowVector(input: object): input is ArrowVectorShape {
  return (
    "data" in input && Array.isArray(input.data) && "type" in input && isObject(input.type) && "typeId" in input.type
  );
}

function isArrowSchema(schema: unknown): boolean {
  return isObject(schema) && "fields" in schema && Array.isArray(schema.fields);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
