import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { join } from "@std/path";
import { noFfmpeg, recordWithFfmpeg } from "./ffmpeg.ts";
import { lookAt } from "./look_at.ts";

/** Enough frames for several of ffmpeg's 256 KiB writes and many fragments. */
const FRAMES = 60;

/** Looks after every frame, and once after the stop. */
async function record(name: string, muxer: string[]) {
  const directory = await Deno.makeTempDir({ prefix: "reeltime_isobmff_" });
  try {
    const path = join(directory, name);
    const during: Awaited<ReturnType<typeof lookAt>>[] = [];
    await Deno.writeFile(path, new Uint8Array(0));
    {
      await using recording = recordWithFfmpeg(path, muxer);
      for (let frame = 0; frame < FRAMES; frame++) {
        await recording.frame();
        during.push(await lookAt(path));
      }
      await recording.stop();
    }
    return { during, after: await lookAt(path) };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function realTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: name + noFfmpeg, ignore: noFfmpeg !== "", fn });
}

const plain = { mov: ["-f", "mov"], mp4: ["-f", "mp4"] };
const fragmented = {
  empty_moov: ["-f", "mp4", "-movflags", "frag_keyframe+empty_moov", "-flush_packets", "1"],
  frag_keyframe: ["-f", "mp4", "-movflags", "frag_keyframe"],
};

for (const [kind, muxer] of Object.entries(plain)) {
  realTest(`inspect() says open while ffmpeg records ${kind}, final after`, async () => {
    const { during, after } = await record(`take.${kind}`, muxer);
    const grown = during.filter((look) => look.mediaStart !== null);
    assert(new Set(grown.map((look) => look.sizeBytes)).size > 2, "the file never grew");
    for (const look of grown) {
      assertEquals(look.verdict, "open");
      assertEquals(look.mediaStart, after.mediaStart);
      assertEquals(look.patched, [{ start: look.headBytes - 24, end: look.headBytes - 8 }]);
    }
    assertEquals([after.verdict, after.settleMs], ["final", 250]);
    assertEquals(after.frontierBytes, after.sizeBytes);
  });
}

realTest("inspect() of an ffmpeg faststart file sees its media move", async () => {
  const { during, after } = await record("take.mp4", ["-f", "mp4", "-movflags", "+faststart"]);
  assert(during.every((look) => look.verdict !== "final"));
  assertEquals(after.verdict, "final");
  assert(after.mediaStart! > during.at(-1)!.mediaStart!);
});

realTest("inspect() looks through the hole of an ffmpeg -moov_size file", async () => {
  const { during, after } = await record("take.mp4", ["-f", "mp4", "-moov_size", "200000"]);
  const last = during.at(-1)!;
  assertEquals([last.verdict, after.verdict], ["open", "final"]);
  assert(last.mediaStart! > 200_000 && last.headBytes > last.mediaStart!);
  assertEquals(after.mediaStart, last.mediaStart);
});

for (const [kind, muxer] of Object.entries(fragmented)) {
  realTest(`inspect() never says final while ffmpeg records fragments (${kind})`, async () => {
    const { during, after } = await record("take.mp4", muxer);
    const grown = during.filter((look) => look.mediaStart !== null);
    assert(grown.length > 0, "no fragment was ever seen");
    for (const look of grown) {
      assertNotEquals(look.verdict, "final");
      assertEquals([look.mediaStart, look.headBytes], [after.mediaStart, after.headBytes]);
    }
    assertEquals([after.verdict, after.settleMs], ["final", 2_000]);
  });
}
