import { assertEquals, assertThrows } from "@std/assert";
import { ApiRefusal } from "../../src/sandbox/api_refusal.ts";
import { readNewAsset } from "../../src/sandbox/new_asset.ts";

function read(change: Record<string, unknown>) {
  return readNewAsset({
    type: "file",
    is_realtime_upload: true,
    filetype: "video/mp4",
    name: "take 1.mp4",
    ...change,
  });
}

function refused(change: Record<string, unknown>, reason: string): void {
  assertEquals(assertThrows(() => read(change), ApiRefusal, reason).status, 400);
}

Deno.test("readNewAsset() takes a name with an extension", () => {
  const asset = { name: "take 1.mp4", hasDefaultName: false, filetype: "video/mp4" };
  assertEquals(read({}), asset);
  assertEquals(read({ extension: ".MP4", filesize: null }), asset);
});

Deno.test("readNewAsset() names an asset by its extension where no name is given", () => {
  for (const name of [null, undefined]) {
    const { name: given, hasDefaultName } = read({ name, extension: ".mov" });
    assertEquals([given, hasDefaultName], ["[new file].mov", true]);
  }
});

Deno.test("readNewAsset() refuses a body that is no JSON object", () => {
  for (const body of [null, [], "x", 1]) {
    assertEquals(assertThrows(() => readNewAsset(body), ApiRefusal, "JSON object").status, 400);
  }
});

Deno.test("readNewAsset() requires type file", () => {
  for (const type of ["folder", undefined]) refused({ type }, 'type must be "file"');
});

Deno.test("readNewAsset() requires is_realtime_upload true", () => {
  for (const value of [false, "true", undefined]) {
    refused({ is_realtime_upload: value }, "is_realtime_upload must be true");
  }
});

Deno.test("readNewAsset() refuses a filesize", () => {
  for (const filesize of [0, 100]) refused({ filesize }, "filesize must be absent or null");
});

Deno.test("readNewAsset() requires a filetype that can stand in a header", () => {
  assertEquals(read({ filetype: "video/mp4; codecs=av1" }).filetype, "video/mp4; codecs=av1");
  for (const filetype of [undefined, null, "", "mp4", "video/", "video/mp4\r\nx: y", 7]) {
    refused({ filetype }, "filetype must be a MIME type");
  }
});

Deno.test("readNewAsset() requires an extension in the name", () => {
  for (const name of ["take", "take.", "", "a.b/take", 7]) {
    refused({ name }, "name must end with an extension");
  }
});

Deno.test("readNewAsset() requires a name or an extension", () => {
  refused({ name: null }, "name or extension is required");
});

Deno.test("readNewAsset() requires the extension's leading dot", () => {
  for (const extension of ["mp4", ".", "", 7]) {
    refused({ name: null, extension }, "extension must begin with its dot");
  }
});

Deno.test("readNewAsset() refuses an extension that disagrees with the name", () => {
  refused({ extension: ".mov" }, "extension .mov disagrees with name take 1.mp4");
});
