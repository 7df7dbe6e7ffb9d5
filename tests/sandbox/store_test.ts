import { assertEquals, assertThrows } from "@std/assert";
import { openStore } from "../../src/sandbox/store.ts";
import { withFolder } from "./sandbox_client.ts";

const ASSET = { name: "a.mov", hasDefaultName: false, filetype: "video/quicktime" };
const UNCHANGED = { totalBytes: null, name: null };

Deno.test("Store.register() registers all parts of a call or none", () =>
  withFolder((dir) => {
    const store = openStore(dir);
    store.createAsset("a", ASSET);
    const part = (number: number) => ({ number, sizeBytes: 7, isFinal: false });
    store.register("a", [part(2)], UNCHANGED);
    assertThrows(() => store.register("a", [part(1), part(2)], UNCHANGED), Error, "UNIQUE");
    assertEquals(store.parts("a").map(({ number }) => number), [2]);
    store.register("a", [part(1)], UNCHANGED);
    assertEquals(store.registered("a").sumBytes, 14);
    store.close();
    return Promise.resolve();
  }));

Deno.test("Store keeps sizes up to 5 TiB exactly", () =>
  withFolder((dir) => {
    const store = openStore(dir);
    store.createAsset("a", ASSET);
    const sizeBytes = 5 * 2 ** 40 - 1;
    const part = { number: 1, sizeBytes, isFinal: true };
    store.register("a", [part], { totalBytes: sizeBytes, name: null });
    assertEquals(store.asset("a")?.sizeBytes, sizeBytes);
    assertEquals(store.part("a", 1), { ...part, storedAt: null, putCount: 0 });
    store.close();
    return Promise.resolve();
  }));
