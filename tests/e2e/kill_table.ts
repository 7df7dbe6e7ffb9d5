/** What kills cost, as a table of text. Pure. */
import type { Kill } from "./killed_take.ts";
import type { Stage } from "./random_moments.ts";

const STAGES: readonly Stage[] = [
  "before its asset",
  "while it grows",
  "after its end",
  "after its final part",
];

/** A line for the kills at each stage of a take, one for all, and one for those that interrupted PUTs. */
export function killTable(kills: readonly Kill[]): string {
  const rows = [
    ["killed", "kills", "in flight: median", "worst", "re-sent: median", "worst bytes"],
    ...STAGES.map((stage) => rowOf(stage, kills.filter((kill) => kill.stage === stage))),
    rowOf("all", kills),
    rowOf("those with PUTs under way", kills.filter(({ inFlightBytes }) => inFlightBytes > 0)),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)
    )
      .join("  ")
  ).join("\n    ");
}

function rowOf(title: string, kills: readonly Kill[]): string[] {
  const inFlight = kills.map(({ inFlightBytes }) => inFlightBytes);
  const resent = kills.map(({ resentBytes }) => resentBytes);
  const figures = [inFlight, resent].flatMap((bytes) => [median(bytes), Math.max(...bytes, 0)]);
  return [title, ...[kills.length, ...figures].map(String)];
}

/** The middle one; of an even number, the greater of the two. */
function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0;
}
