/** Bytes of one recording: from `start` up to, not including, `end`. Both count from the file's start. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}
