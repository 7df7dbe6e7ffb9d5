import { assertEquals, assertRejects } from "@std/assert";
import { Unavailable } from "../../src/errors.ts";
import type { Disk, FileFacts } from "../../src/runtime/disk.ts";
import type { Writers } from "../../src/runtime/writers.ts";
import { createSight, lookAtBytes, type Sight } from "../../src/take/sight.ts";
import { handClock } from "../support/hand_clock.ts";
import { box, header, join } from "../containers/bytes.ts";
import { riffChunk, riffHeader, text } from "../containers/chunk_bytes.ts";
import { noise } from "../support/bytes.ts";
import { memorySource } from "../support/memory_source.ts";

const POLICY = { idleMs: 60_000, abandonMs: 3_600_000 };

/** A recording of no known format, and a disk under a test's control. */
function openScene(policy = POLICY) {
  const clock = handClock();
  const source = memorySource(noise(100_000), { modifiedMs: clock.now() });
  const answers: Writers[] = [];
  const scene = {
    clock,
    source,
    /** What the disk says who writes, one answer after another; the last one stays. */
    answers,
    /** How often the disk was asked who writes. */
    asked: 0,
    /** Happens while the disk looks for writers, which takes its time. */
    onAsked: () => {},
    /** What the name leads to; an error where the system does not say. */
    named: null as FileFacts | Error | null,
    isNetwork: false,
    look: (finishAsked = false): Promise<Sight> => look(finishAsked),
    /** The recording holds these bytes now. */
    put(bytes: Uint8Array) {
      const { facts } = source;
      source.bytes = bytes;
      source.facts = { ...facts, sizeBytes: bytes.length, modifiedMs: clock.now() };
      scene.named = source.facts;
    },
    /** The recording grows by a byte now. */
    grow: () => scene.put(noise(source.facts.sizeBytes + 1)),
  };
  scene.named = source.facts;
  const disk: Pick<Disk, "stat" | "isNetworkVolume" | "writers"> = {
    stat: () =>
      scene.named instanceof Error ? Promise.reject(scene.named) : Promise.resolve(scene.named),
    isNetworkVolume: () => Promise.resolve(scene.isNetwork),
    writers() {
      scene.asked++;
      scene.onAsked();
      return Promise.resolve((answers.length > 1 ? answers.shift() : answers[0]) ?? "unknown");
    },
  };
  const look = createSight(disk as Disk, clock, source, "/a.bin", policy);
  return scene;
}

Deno.test("sight asks who writes until a writer was seen, then not before silence", async () => {
  const scene = openScene();
  scene.answers.push("unknown", "some");
  for (let i = 0; i < 8; i++) {
    scene.grow();
    await scene.look();
    await scene.clock.advance(250);
  }
  assertEquals(scene.asked, 2);
  await scene.clock.advance(60_000);
  await scene.look();
  assertEquals(scene.asked, 3);
});

Deno.test("sight gives up looking for a writer after five tries while the recording grows", async () => {
  const scene = openScene();
  for (let i = 0; i < 20; i++) {
    scene.grow();
    await scene.look();
    await scene.clock.advance(250);
  }
  assertEquals(scene.asked, 5);
});

Deno.test("sight asks at most every two seconds while it is quiet", async () => {
  const scene = openScene();
  scene.answers.push("some");
  scene.grow();
  await scene.look();
  await scene.clock.advance(60_000);
  const before = scene.asked;
  for (let i = 0; i < 16; i++) {
    assertEquals((await scene.look()).judgement.is, "quiet");
    await scene.clock.advance(250);
  }
  assertEquals(scene.asked - before, 2);
});

Deno.test("sight takes a writer for gone that it saw before and cannot see now", async () => {
  const scene = openScene();
  scene.answers.push("some", "unknown");
  // Written so slowly that silence alone would mean nothing.
  scene.source.facts = { ...scene.source.facts, bornMs: scene.clock.now() - 1_000_000_000 };
  scene.answers.unshift("some");
  await scene.look();
  scene.grow();
  await scene.look();
  await scene.clock.advance(1000);
  await scene.look(); // it is there between two writes
  await scene.clock.advance(59_000);
  const { judgement } = await scene.look();
  assertEquals(judgement, { is: "ended", by: "idle", finishedByRecorder: true });
});

Deno.test("sight takes no writer for gone because the answer is late", async () => {
  for (const before of ["some", "none"] as const) {
    const scene = openScene();
    scene.answers.push(before, "late");
    await scene.look();
    scene.grow();
    await scene.look();
    await scene.clock.advance(60_000);
    // Silence has lasted long enough, were it not known that somebody had it open.
    const { judgement } = await scene.look();
    assertEquals(judgement.is, before === "some" ? "quiet" : "ended", before);
  }
});

Deno.test("sight ends nothing by an answer from before the last change while the newest one is late", async () => {
  const scene = openScene();
  scene.answers.push("none", "late");
  // Written so slowly that silence alone would mean nothing.
  scene.source.facts = { ...scene.source.facts, bornMs: scene.clock.now() - 1_000_000_000 };
  await scene.look();
  scene.grow();
  await scene.clock.advance(3000);
  await scene.look();
  await scene.clock.advance(60_000);
  assertEquals((await scene.look()).judgement.is, "quiet");
});

Deno.test("sight keeps an end by the answer since the last change when a later one is late", async () => {
  const scene = openScene();
  scene.answers.push("some", "none", "late");
  await scene.look();
  scene.grow();
  await scene.look();
  await scene.clock.advance(60_000);
  for (let i = 0; i < 3; i++) {
    const { judgement } = await scene.look();
    assertEquals(judgement, { is: "ended", by: "idle", finishedByRecorder: true });
    await scene.clock.advance(2000);
  }
  assertEquals(scene.asked, 4);
});

Deno.test("sight takes nobody for gone that was seen only while the file changed", async () => {
  const scene = openScene({ ...POLICY, idleMs: 5000 });
  scene.answers.push("some", "none");
  scene.grow();
  await scene.look(); // opened, appended and closed
  for (const gapMs of [4000, 4000, 6500, 4000]) {
    assertEquals((await scene.look()).judgement.is, "growing");
    await scene.clock.advance(gapMs);
    const { is } = (await scene.look()).judgement;
    assertEquals(is, gapMs < 5000 ? "growing" : "quiet");
    scene.grow();
    await scene.look();
  }
  await scene.clock.advance(26_000);
  assertEquals((await scene.look()).judgement.is, "ended");
});

/** A finished WAV of one second as its header says, of which a copier has written so much. */
function halfWave(writtenBytes: number): Uint8Array {
  const bytes = new Uint8Array(1_000_000);
  const chunk = riffChunk("fmt ", noise(16));
  const head = join(
    ...[riffHeader("RIFF", bytes.length - 8), text("WAVE"), chunk],
    riffHeader("data", bytes.length - 44),
  );
  bytes.set(noise(writtenBytes));
  bytes.set(head);
  return bytes;
}

Deno.test("sight lets no half-written file end while its copier has it open", async () => {
  const scene = openScene();
  scene.answers.push("some");
  scene.put(halfWave(300_000));
  for (let ms = 0; ms < 30_000; ms += 250) {
    const { look, judgement, frontierBytes } = await scene.look();
    assertEquals([look.verdict, judgement.is, frontierBytes], ["final", "settling", 5 * 65_536]);
    await scene.clock.advance(250);
  }
  assertEquals(scene.asked <= 16, true, `${scene.asked} walks over all processes`);
  scene.put(halfWave(1_000_000));
  scene.answers.splice(0, 1, "none");
  await scene.look();
  await scene.clock.advance(1999);
  assertEquals((await scene.look()).judgement.is, "growing");
  await scene.clock.advance(1);
  const { judgement, frontierBytes } = await scene.look();
  assertEquals([judgement.is, frontierBytes], ["ended", 1_000_000]);
});

Deno.test("sight ends a final file at its settle time when its writer has gone since", async () => {
  const scene = openScene();
  scene.answers.push("some", "some", "none");
  await scene.look();
  scene.put(halfWave(1_000_000));
  await scene.look();
  await scene.clock.advance(1750);
  assertEquals((await scene.look()).judgement.is, "settling");
  await scene.clock.advance(250);
  const before = scene.asked;
  for (let looks = 0; looks < 40; looks++) {
    assertEquals((await scene.look()).judgement.is, "ended");
    await scene.clock.advance(250);
  }
  assertEquals(scene.asked - before, 1, "once nobody writes nobody is looked for");
});

Deno.test("sight gives a MOV with an empty end two seconds where nobody can tell who writes", async () => {
  const moov = box("moov", noise(1000));
  for (const emptyBytes of [0, 200_000]) {
    const scene = openScene();
    const media = noise(1_000_000).fill(0, 1_000_000 - emptyBytes);
    scene.put(join(box("ftyp", noise(16)), moov, box("mdat", media)));
    await scene.look();
    await scene.clock.advance(250);
    const { judgement } = await scene.look();
    assertEquals(judgement.is, emptyBytes > 0 ? "settling" : "ended");
    await scene.clock.advance(1750);
    assertEquals((await scene.look()).judgement.is, "ended");
  }
});

Deno.test("sight asks anew before it ends a recording: no answer is older than the last change", async () => {
  const scene = openScene();
  scene.answers.push("none", "some");
  await scene.look(); // nobody writes yet
  scene.grow();
  await scene.clock.advance(60_000);
  await scene.look();
  await scene.clock.advance(60_000);
  assertEquals((await scene.look()).judgement.is, "quiet");
});

Deno.test("sight ends no recording by a writer that wrote while it was looked for", async () => {
  const scene = openScene();
  scene.answers.push("some", "none");
  await scene.look();
  await scene.clock.advance(61_000);
  scene.onAsked = scene.grow;
  assertEquals((await scene.look()).judgement.is === "ended", false);
  scene.onAsked = () => {};
  await scene.clock.advance(61_000);
  await scene.look(); // sees the growth
  await scene.clock.advance(61_000);
  assertEquals((await scene.look()).judgement.is, "ended");
});

Deno.test("sight of a file whose name is gone or another's is deleted once no name is left", async () => {
  const cases: readonly [named: Partial<FileFacts> | null, linkCount: number, deleted: boolean][] =
    [
      [{}, 1, false],
      [null, 1, false], // renamed
      [null, 0, true],
      [{ fileId: "8:2" }, 0, true], // replaced
      [{ fileId: "8:2" }, 1, false],
    ];
  for (const [named, linkCount, deleted] of cases) {
    const scene = openScene();
    scene.source.facts = { ...scene.source.facts, linkCount };
    scene.named = named === null ? null : { ...scene.source.facts, ...named };
    assertEquals((await scene.look()).deleted, deleted, JSON.stringify([named, linkCount]));
  }
});

Deno.test("sight goes on by its handle where the name cannot be looked at", async () => {
  for (const linkCount of [0, 1]) {
    const scene = openScene();
    scene.source.facts = { ...scene.source.facts, linkCount };
    scene.named = new Deno.errors.PermissionDenied("stat '/a.bin'");
    assertEquals((await scene.look()).deleted, linkCount === 0);
  }
});

Deno.test("sight of a deleted recording ends it within seconds, unless somebody still writes", async () => {
  for (const [writers, ended] of [["none", true], ["unknown", true], ["some", false]] as const) {
    const scene = openScene();
    scene.answers.push(writers);
    scene.source.facts = { ...scene.source.facts, linkCount: 0 };
    scene.named = null;
    await scene.look();
    await scene.clock.advance(3000);
    assertEquals((await scene.look()).judgement.is === "ended", ended, writers);
  }
});

Deno.test("sight on a network volume lets a verdict hold for ten seconds", async () => {
  for (const isNetwork of [false, true]) {
    const scene = openScene({ ...POLICY, idleMs: 3000 });
    scene.isNetwork = isNetwork;
    scene.answers.push("none");
    scene.source.facts = { ...scene.source.facts, modifiedMs: scene.clock.now() - 9_000_000 };
    scene.named = scene.source.facts;
    await scene.look();
    await scene.clock.advance(9000);
    assertEquals((await scene.look()).judgement.is, isNetwork ? "growing" : "ended");
    await scene.clock.advance(1000);
    assertEquals((await scene.look()).judgement.is, "ended");
  }
});

Deno.test("sight holds back the open fragment of a long recording, and so does whoever sends", async () => {
  const scene = openScene();
  const moov = box("moov", box("mvhd", noise(100)), box("mvex", box("trex", noise(24))));
  const fragment = join(box("moof", noise(16)), box("mdat", noise(50)));
  const whole = join(box("ftyp", noise(24)), moov, ...Array.from({ length: 700 }, () => fragment));
  scene.put(join(whole, header("mdat", 0), noise(500)));
  for (let looks = 0; looks < 3; looks++) await scene.look();
  assertEquals((await scene.look()).frontierBytes, whole.length);
  assertEquals((await lookAtBytes(scene.source)).look.frontierBytes, whole.length);
});

Deno.test("sight sends nothing of an empty end while it grows, and all of it once it has ended", async () => {
  const scene = openScene();
  const bytes = new Uint8Array(1024 * 1024);
  bytes.set(noise(300_000));
  scene.source.bytes = bytes;
  scene.source.facts = { ...scene.source.facts, sizeBytes: bytes.length };
  scene.named = scene.source.facts;
  assertEquals((await scene.look()).frontierBytes, 5 * 65_536);
  assertEquals((await scene.look(true)).frontierBytes, bytes.length);
});

Deno.test("sight hands on a disk that is away, and remembers what it saw before", async () => {
  const scene = openScene();
  await scene.look();
  scene.grow();
  await scene.look();
  const { stat } = scene.source;
  scene.source.stat = () => Promise.reject(new Unavailable("Cannot look at /a.bin", "disk"));
  await assertRejects(() => scene.look(), Unavailable);
  scene.source.stat = stat;
  await scene.clock.advance(1000);
  const { observed } = await scene.look();
  assertEquals([observed.changedOnce, observed.sinceMs], [true, 0]);
});
