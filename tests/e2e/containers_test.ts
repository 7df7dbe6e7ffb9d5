/**
 * Real recorders, uploaded while they record, in every container that Debian's ffmpeg and GStreamer
 * write. `E2E_ROWS=mxf` in the environment takes only the rows whose titles match.
 */
import { assertEquals } from "@std/assert";
import type { EndedBy } from "../../src/events.ts";
import { noFfmpeg } from "../containers/ffmpeg.ts";
import { noGstreamer } from "../containers/gstreamer.ts";
import { type Figures, tableOf } from "./figures.ts";
import { type Row, ROWS, runRow } from "./container_rows.ts";
import { uploadAll } from "./crew.ts";
import { openDesk } from "./desk.ts";
import { type Recorder, recorderOf } from "./recorders.ts";
import { SLOW_FASTSTART } from "./recorders_ffmpeg.ts";
import { makeSources } from "./recording.ts";
import { type SandboxProcess, startSandbox } from "./sandbox.ts";
import { checkRestart, checkTorn, type Moment } from "./shift_restarts.ts";
import { type Case, sideBySide, tell } from "./side_by_side.ts";

/** One program: what ends its recordings, its flags, and its status if all goes as expected. */
interface CrewPlan {
  readonly endedBy: EndedBy;
  readonly flags: readonly string[];
  readonly status: number;
}

/** Programs side by side, each with those that follow it. */
const CREWS: readonly (readonly CrewPlan[])[] = [
  // By default silence counts after a minute: what ends sooner was ended by its bytes.
  [{ endedBy: "container", flags: [], status: 0 }],
  [
    { endedBy: "idle", flags: ["--idle", "2"], status: 0 },
    { endedBy: "writer_gone", flags: ["--idle", "2"], status: 3 },
  ],
];

const whyNot = ({ recorder }: Row) => recorder.writer === "gst" ? noGstreamer : "";

/** Runs these rows, which one program uploads, and tells what they came to. */
async function runCrew(
  t: Deno.TestContext,
  rows: readonly Row[],
  { endedBy, flags, status }: CrewPlan,
  sandbox: SandboxProcess,
  sourceFolder: string,
): Promise<Figures[]> {
  const wanted = rows.filter((row) => whyNot(row) === "");
  if (wanted.length === 0) return [];
  await using desk = await openDesk(sandbox.url);
  const pathOf = ({ fileName }: Row) => desk.path(fileName);
  const crew = uploadAll(desk, wanted.map(pathOf), flags);
  const figures = new Map<Row, Figures>();
  await sideBySide(
    t,
    rows.map((row) => ({
      name: row.title,
      ignored: whyNot(row),
      run: () =>
        runRow(row, {
          ...{ crew, sandbox, sourceFolder, path: pathOf(row) },
          note: (noted) => void figures.set(row, noted),
        }),
    })),
  );
  await sideBySide(t, [{
    name: `the program of takes that end by ${endedBy} leaves with status ${status}`,
    ignored: figures.size === wanted.length ? "" : " [ignored: not every take came to its end]",
    run: async () => assertEquals((await crew.program.ended()).code, status),
  }]);
  return rows.flatMap((row) => figures.get(row) ?? []);
}

Deno.test({
  name: `recordings of every container go up while a real recorder writes them${noFfmpeg}`,
  ignore: noFfmpeg !== "",
  async fn(t) {
    await using sandbox = await startSandbox();
    await using sources = await makeSources();
    const wanted = new RegExp(Deno.env.get("E2E_ROWS") ?? "");
    async function runInTurn(plans: readonly CrewPlan[]): Promise<Figures[]> {
      const figures: Figures[] = [];
      for (const plan of plans) {
        const rows = ROWS.filter((row) => row.endedBy === plan.endedBy && wanted.test(row.title));
        figures.push(...await runCrew(t, rows, plan, sandbox, sources.folder));
      }
      return figures;
    }
    const figures = (await Promise.all(CREWS.map(runInTurn))).flat();
    tell(`${figures.length} recordings\n${tableOf(figures)}`);
  },
});

/** What moves its media, and when the program comes back. */
const RESTARTS: readonly (readonly [Recorder, Moment])[] = [
  [recorderOf("mp4 faststart, ffmpeg"), "before"],
  [SLOW_FASTSTART, "during"],
  [SLOW_FASTSTART, "at a standstill in"],
  [recorderOf("mp4 faststart, ffmpeg"), "after"],
  [recorderOf("mkv cues_to_front, ffmpeg"), "before"],
  [recorderOf("mkv cues_to_front, ffmpeg"), "after"],
  [recorderOf("fmp4 global_sidx, ffmpeg"), "after"],
  [recorderOf("flv keyframe index, ffmpeg"), "after"],
];

Deno.test({
  name: `reeltime around the moment when a real recorder moves its media${noFfmpeg}`,
  ignore: noFfmpeg !== "",
  async fn(t) {
    await using sandbox = await startSandbox();
    await using sources = await makeSources();
    const place = { sandbox, sourceFolder: sources.folder };
    await sideBySide(t, [
      ...RESTARTS.map(([recorder, moment]): Case => ({
        name: `killed, goes on ${moment} the shift of ${recorder.name} with what is stored`,
        run: () => checkRestart(moment, { recorder, ...place }),
      })),
      {
        name: "takes what a recorder leaves that is killed half way, and flags it",
        run: () => checkTorn({ recorder: SLOW_FASTSTART, ...place }),
      },
    ]);
  },
});
