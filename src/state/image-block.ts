/** A block of rows whose images are made: block row i is physical row rows[from + i], its image starts at i * stride. */
export interface ImageBlock {
  readonly rows: Int32Array;
  readonly from: number;
  readonly count: number;
  readonly images: Int32Array;
  readonly stride: number;
}
