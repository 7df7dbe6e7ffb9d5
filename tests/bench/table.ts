// deno-lint-ignore-file no-console -- what it prints is what it is for
import { MIB } from "../../src/parts/limits.ts";
import type { Uploaded } from "./uploads.ts";

/** An upload with what the sink had to do for it. */
export interface Column {
  readonly title: string;
  readonly upload: Uploaded;
  readonly parts: number;
  readonly sinkCpuSeconds: number;
}

/** Prints the program's figures, beside its peer's where there is one. */
export function printTable(ours: Column, peer: Column | null): void {
  const columns = peer === null ? [ours] : [ours, peer];
  const row = (title: string, value: (column: Column) => string | number) => {
    console.log(title.padEnd(16) + columns.map((c) => String(value(c)).padStart(12)).join(""));
  };
  row("", ({ title }) => title);
  row("GB", ({ upload }) => (upload.sizeBytes / 1e9).toFixed(1));
  row("parts", ({ parts }) => parts);
  row("seconds", ({ upload }) => upload.seconds.toFixed(1));
  row("MB/s", ({ upload }) => rateOf(upload).toFixed(0));
  row("peak RSS, MiB", ({ upload }) => (upload.needs.peakRssBytes / MIB).toFixed(0));
  row("CPU seconds", ({ upload }) => upload.needs.cpuSeconds.toFixed(1));
  row("  of the sink", ({ sinkCpuSeconds }) => sinkCpuSeconds.toFixed(1));
  const { verifyingAloneSeconds, seconds } = ours.upload;
  const share = (100 * verifyingAloneSeconds / seconds).toFixed(0);
  console.log(`verifying alone ${verifyingAloneSeconds.toFixed(1)} s, ${share} % of the time`);
  if (peer === null) return;
  const ratio = (rateOf(ours.upload) / rateOf(peer.upload)).toFixed(2);
  console.log(`MB/s            ${ratio} of curl's, which reads its bytes once and not again`);
}

function rateOf({ sizeBytes, seconds }: Uploaded): number {
  return sizeBytes / 1e6 / seconds;
}
