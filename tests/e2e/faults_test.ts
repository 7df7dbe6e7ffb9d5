/**
 * Real faults on real processes. After each: one asset and the same one, an equal sha256, and no byte sent
 * again that was not on its way when the fault came. Set in the environment:
 *
 * - `KILLS=100`, `KILLS=1000`: that many kills at random moments, instead of 10;
 * - `SEED=…`: the moments of a former run, which prints it first;
 * - `STOP_SECONDS=180`: how long the uploader is stopped, instead of 4;
 * - `STALL_SECONDS=70`: how long PUTs stand still; from 60 on the program gives them up by itself.
 */
import { assertEquals } from "@std/assert";
import { seededRandom } from "../support/seeded_random.ts";
import { checkSkew, checkWrongTimes, noFaketime } from "./clock_skew.ts";
import { checkResets, checkSlowDown, checkStalls, checkTruncated } from "./connection_faults.ts";
import { checkFullStateDisk } from "./full_state_disk.ts";
import { checkSandboxKilled, checkStop } from "./halts.ts";
import { killTable } from "./kill_table.ts";
import { checkCap, checkCut } from "./link_faults.ts";
import { noSmallDisk } from "./machine.ts";
import { killAtRandom } from "./random_kills.ts";
import { startSandbox } from "./sandbox.ts";
import { sideBySide, tell } from "./side_by_side.ts";
import { noSlowLink } from "./slow_link.ts";

const KILLS = numberFrom("KILLS", 10);
const SEED = numberFrom("SEED", Math.floor(Math.random() * 1e9));
const STOP_SECONDS = numberFrom("STOP_SECONDS", 4);
const STALL_SECONDS = numberFrom("STALL_SECONDS", 0);

function numberFrom(name: string, otherwise: number): number {
  return Number(Deno.env.get(name) ?? otherwise);
}

const notLinux = Deno.build.os === "linux" ? "" : " [ignored: needs Linux's /proc]";

Deno.test(`reeltime killed by kill -9 at ${KILLS} random moments goes on, and loses nothing`, async () => {
  tell(`SEED=${SEED} draws the same moments again`);
  const kills = await killAtRandom(KILLS, SEED);
  assertEquals(kills.length, KILLS);
  tell(
    `0 bytes lost: every sha256 equal, every take one asset. Bytes re-sent:\n    ${
      killTable(kills)
    }`,
  );
});

Deno.test(`reeltime under faults (SEED=${SEED})`, async (t) => {
  await using sandbox = await startSandbox();
  await sideBySide(t, [
    {
      name: "goes on when the link is cut in the middle of parts and mended",
      ignored: noSlowLink,
      run: () => checkCut(sandbox),
    },
    {
      name: "sends nothing again when the link's cap changes in the middle of parts",
      ignored: noSlowLink,
      run: () => checkCap(sandbox),
    },
    {
      name: "goes on when the service is killed and restarted, in the middle and at the end",
      run: checkSandboxKilled,
    },
    {
      name: "goes on when every part's connection is reset",
      run: () => checkResets(sandbox, seededRandom(SEED)),
    },
    {
      name: "goes on when answers are cut short",
      run: () => checkTruncated(sandbox),
    },
    {
      name: "goes on when the storage answers 503 SlowDown",
      run: () => checkSlowDown(sandbox),
    },
    {
      name: `goes on with other parts while two stand still (for ${STALL_SECONDS} s more)`,
      run: () => checkStalls(sandbox, STALL_SECONDS),
    },
    {
      name: "ends clearly on a full disk under its journal, and the same command goes on",
      ignored: noSmallDisk,
      run: () => checkFullStateDisk(sandbox),
    },
    {
      name: `goes on after it was stopped by SIGSTOP for ${STOP_SECONDS} s`,
      ignored: notLinux,
      run: () => checkStop(sandbox, STOP_SECONDS),
    },
    {
      name: "goes on with its clock days ahead, days behind, and with one that jumps",
      ignored: noFaketime,
      run: () => checkSkew(sandbox),
    },
    {
      name: "goes on with a recording whose file times jump a year ahead and behind",
      run: () => checkWrongTimes(sandbox),
    },
  ]);
});
